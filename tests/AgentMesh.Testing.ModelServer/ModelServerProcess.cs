using System.Diagnostics;
using System.Net.Http.Json;

namespace AgentMesh.Testing.ModelServer;

/// <summary>The server as a process of its own, for tests that start the mesh as processes, or kill the model.</summary>
public sealed class ModelServerProcess : IAsyncDisposable
{
    private const string Listening = "listening ";

    private readonly Process _process;

    private ModelServerProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Without a path, as Anthropic's endpoint.</summary>
    public Uri Address { get; }

    /// <summary>Of OpenAI's kind.</summary>
    public Uri OpenAIEndpoint => new(Address, "/v1");

    /// <summary>Starts one, and waits until it listens.</summary>
    /// <param name="port">0: any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ModelServerProcess> StartAsync(int port = 0, CancellationToken cancellationToken = default)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(ModelServerProcess).Assembly.Location, $"{port}"]) { RedirectStandardOutput = true })!;
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
            return line?.StartsWith(Listening, StringComparison.Ordinal) == true
                ? new ModelServerProcess(process, new Uri(line[Listening.Length..]))
                : throw new InvalidOperationException($"The model server did not start: {line}");
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>What it was asked so far, in about the order in which it came.</summary>
    public async Task<IReadOnlyList<ModelArrival>> ReadLogAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        return (await http.GetFromJsonAsync<List<ModelArrival>>(new Uri(Address, "/requests/log"), cancellationToken))!;
    }

    /// <summary>Ends it as a crash does.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
