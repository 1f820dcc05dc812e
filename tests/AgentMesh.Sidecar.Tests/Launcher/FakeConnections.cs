using System.Globalization;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Tests.Launcher;

/// <summary>A sidecar that takes the stub's line "listening" as its health, and writes down what it is told.</summary>
internal sealed class FakeConnections(ConsoleRecorder console) : IAppConnections
{
    private readonly Dictionary<int, int> _seen = [];

    public async Task ConnectAppAsync(AppDefinition app, CancellationToken cancellationToken)
    {
        // Lines of an earlier process of the same port were counted when that one was connected.
        var port = app.AppPort.ToString(CultureInfo.InvariantCulture);
        _seen[app.AppPort] = await console.WaitForAsync($"listening {app.AppId} {port}", _seen.GetValueOrDefault(app.AppPort))
            .WaitAsync(cancellationToken);
    }

    public Task DisconnectAppAsync(AppDefinition app) => console.WriteLineAsync($"disconnected {app.AppId}");

    public Task DrainActorsAsync(CancellationToken cancellationToken) => console.WriteLineAsync("drained");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
