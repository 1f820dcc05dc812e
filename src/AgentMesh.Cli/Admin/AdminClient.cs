using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Admin;

/// <summary>Asks a gateway what admins may ask.</summary>
/// <param name="place">Where, and in whose name.</param>
internal sealed class AdminClient(AdminPlace place) : IDisposable
{
    // More than the gateway tries to reach an agent.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http = LocalHttp.CreateClient(place.Gateway, Timeout);

    /// <summary>Sends a request once: nothing here is asked for twice.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Below the gateway, without a slash at its start.</param>
    /// <param name="query">Parameters beside the tenant, escaped, without values that are null.</param>
    /// <param name="body">The body; null: none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The body of the answer.</returns>
    /// <exception cref="CliException">Nobody was reached, or it was refused.</exception>
    public async Task<byte[]> SendAsync(
        HttpMethod method, string path, IEnumerable<(string Name, string? Value)> query, JsonContent? body, CancellationToken cancellationToken)
    {
        var parameters = query.Prepend(("tenant", place.Tenant?.ToString())).Where(one => one.Item2 is not null).Select(one => $"{one.Item1}={Uri.EscapeDataString(one.Item2!)}");
        using var request = new HttpRequestMessage(method, new UriBuilder(MeshPlace.Below(place.Gateway, path)) { Query = string.Join('&', parameters) }.Uri) { Content = body };
        if (place.Token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", place.Token);
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            return answer.IsSuccessStatusCode ? bytes : throw Refused((int)answer.StatusCode, bytes);
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            throw new CliException($"the gateway is not reached at {place.Gateway}, or its answer was lost. Start the mesh, or say where it is: --ready-file FILE, or --url URL");
        }
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CliException">It is none of a gateway.</exception>
    public static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw NotGateway();
        }
        catch (JsonException)
        {
            throw NotGateway();
        }
    }

    public void Dispose() => _http.Dispose();

    private static CliException NotGateway() => new("what answers at the gateway's address is not a gateway");

    private static CliException Refused(int status, byte[] body) => new(
        $"the gateway says {status}: {PlainText.Of(Problem.DetailOf(body) ?? "nothing that can be read")}{(status == 401 ? $" The token comes from {TokenOption.Variable} or --token-file." : "")}",
        status >= 500 ? ExitCodes.Failed : ExitCodes.Refused);
}
