using System.Globalization;

namespace AgentMesh.ServiceDefaults.Health;

/// <summary>
/// <c>--healthcheck [URL]</c>: the app's own program asks the one that runs whether it lives, for health checks of container engines. The images have
/// neither a shell nor an HTTP client beside it.
/// </summary>
public static class HealthProbe
{
    private const string Switch = "--healthcheck";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Whether the process was started to ask, in place of the app.</summary>
    public static bool IsAsked(string[] args) => args is [Switch] or [Switch, _];

    /// <summary>Asks <c>/livez</c> at <c>APP_PORT</c> of this machine, or the address that is given.</summary>
    /// <param name="args">Of the process.</param>
    /// <returns>The exit code: 0 when the answer is a success, else 1, with the reason on the standard error.</returns>
    public static Task<int> AskAsync(string[] args) => AskAsync(args, Environment.GetEnvironmentVariable("APP_PORT"), Console.Error);

    internal static async Task<int> AskAsync(string[] args, string? appPort, TextWriter error)
    {
        if (AddressOf(args, appPort) is not { } address)
        {
            await error.WriteLineAsync($"{Switch} takes an address, or APP_PORT has the port of the app on this machine.");
            return 1;
        }

        // Redirects are no health, and no proxy stands between a container and itself.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { Timeout = Timeout };
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
            if (response.IsSuccessStatusCode)
                return 0;
            await error.WriteLineAsync($"{address} answers {(int)response.StatusCode}.");
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            await error.WriteLineAsync($"{address} does not answer: {fault.Message}");
        }

        return 1;
    }

    private static Uri? AddressOf(string[] args, string? appPort)
    {
        if (args.Length > 1)
            return Uri.TryCreate(args[1], UriKind.Absolute, out var given) && given.Scheme is "http" or "https" ? given : null;
        return ushort.TryParse(appPort, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? new Uri($"http://127.0.0.1:{port}/livez") : null;
    }
}
