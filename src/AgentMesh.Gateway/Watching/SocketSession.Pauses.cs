using System.Collections.Concurrent;
using System.Text.Json;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Watching;

/// <summary>Whoever sent a message whose turn has to wait until there is budget is told so, as of a message that is refused.</summary>
internal sealed partial class SocketSession
{
    /// <summary>Turns of this socket's messages that are remembered: more than an agent works on at a time.</summary>
    private const int MaxExpected = 64;

    /// <summary>The client's own names of the messages, by turn. Most sockets never send one that has to wait.</summary>
    private ConcurrentDictionary<string, string>? _expected;

    private void Expect(string turn, string? id)
    {
        var expected = _expected ??= new ConcurrentDictionary<string, string>();
        if (expected.Count < MaxExpected)
            expected[turn] = id ?? "";
    }

    /// <summary>After events were sent: of those that pause a turn of this socket an error comes too.</summary>
    private async ValueTask TellPausesAsync(IReadOnlyList<WatchedEvent> events)
    {
        if (_expected is not { IsEmpty: false } expected)
            return;
        foreach (var next in events)
        {
            if (next.EndedTurn is { } ended)
                expected.TryRemove(ended, out _);
            else if (next.PausedTurn is { } paused && expected.TryGetValue(paused, out var id))
                await RefuseAsync(RefusalOf(next.Value.Data.Json!), id.Length == 0 ? null : id);
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
