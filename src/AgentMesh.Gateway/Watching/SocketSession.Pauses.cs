using System.Text.Json;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Watching;

/// <summary>Whoever sent a message whose turn has to wait until there is budget is told so, as of a message that is refused.</summary>
internal sealed partial class SocketSession
{
    /// <summary>Made with the first message: most sockets only listen.</summary>
    private ExpectedTurns? _expected;

    private ExpectedTurns Expected => LazyInitializer.EnsureInitialized(ref _expected);

    /// <summary>The message that is being posted has that turn, which may be paused by now.</summary>
    private async ValueTask ExpectAsync(string turn, string? id)
    {
        if (Expected.Expect(turn, id) is { } paused)
            await RefuseAsync(RefusalOf(paused.Value.Data.Json!), id);
    }

    /// <summary>After events were sent: of those that pause a turn of this socket an error comes too.</summary>
    private async ValueTask TellPausesAsync(IReadOnlyList<WatchedEvent> events)
    {
        if (Volatile.Read(ref _expected) is not { } expected)
            return;
        foreach (var next in events)
        {
            if (expected.IsPause(next, out var id))
                await RefuseAsync(RefusalOf(next.Value.Data.Json!), id);
        }
    }

    private static PausedRefusal RefusalOf(string pause)
    {
        var json = JsonElement.Parse(pause);
        return new PausedRefusal(
            Text("code")!, Text("detail")!, Text("turn")!,
            Text("scope") is { } scope ? new Shortage(scope, Text("asset")!, Text("window"), Text("available")!, json.TryGetProperty("resetsAt", out var at) ? at.GetDateTimeOffset() : null) : null);

        string? Text(string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
