using System.Text.Json;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Watching;

/// <summary>An event as watchers get it. Each form is made when the first watcher needs it, and shared by all: its bytes never change.</summary>
internal sealed class WatchedEvent(AgentEvent value)
{
    public const string User = "user";
    public const string Assistant = "assistant";

    // Of an event without its text, in all its forms.
    private const int FixedBytes = 512;

    private byte[]? _json;
    private byte[]? _frame;

    /// <summary>The event of a message that went through this gateway, as the agent's log has it.</summary>
    public static WatchedEvent Message(long seq, long at, PostedMessage posted, string role, string content) =>
        new(new AgentEvent(seq, at, posted.SessionId, EventTypes.Message, new EventData(posted.TurnId, role, content)));

    public AgentEvent Value { get; } = value;

    public long Seq => Value.Seq;

    /// <summary>About what it takes in memory: the text itself, and each of its two forms.</summary>
    public int Bytes => FixedBytes + (4 * ((Value.Data.Content?.Length ?? 0) + (Value.Data.Detail?.Length ?? 0)));

    /// <summary><c>{"seq","at","session","type","data"}</c>.</summary>
    public byte[] Json => _json ??= WatchJson.Event(Value);

    /// <summary>The WebSocket frame, with its header.</summary>
    public byte[] Frame => _frame ??= SocketFrames.Text(WatchJson.Frame(Value));

    /// <summary>The turn that ends with this event; null: none.</summary>
    public string? EndedTurn => Value switch
    {
        { Type: EventTypes.Message, Data: { Role: Assistant, Turn: { } turn } } => turn,
        { Type: EventTypes.Error, Data.Turn: { } turn } => turn,
        _ => null,
    };

    /// <summary>The turn that begins with this event, or goes on after a pause; null: none.</summary>
    public string? BegunTurn => Value is { Type: EventTypes.Message, Data: { Role: User, Turn: { } turn } } ? turn : TurnOf(EventTypes.TurnResumed);

    /// <summary>The turn that waits from this event on until there is budget; null: none.</summary>
    public string? PausedTurn => TurnOf(EventTypes.TurnPaused);

    private string? TurnOf(string type) => Value.Type == type && Value.Data.Json is { } json ? JsonElement.Parse(json).GetProperty("turn").GetString() : null;
}
