namespace AgentMesh.Contracts.Agents;

/// <summary>Asks for the part of the agent's event log after a number.</summary>
/// <param name="After">Only events with a greater seq; 0 for the log from its beginning.</param>
/// <param name="Limit">1-1000 events; fewer come when their text is long.</param>
public sealed record ReadEvents(long After, int Limit);

/// <summary>A part of the event log, without gaps.</summary>
/// <param name="Events">By rising seq, the first one <c>After + 1</c> unless that is trimmed.</param>
/// <param name="First">The oldest seq that can still be read; above <c>After + 1</c>: what was asked for is trimmed. 1 when there is none.</param>
/// <param name="Last">The seq of the last event; 0 for an agent never used.</param>
/// <param name="Running">Turns whose model runs in the agent's process right now, with the text so far.</param>
public sealed record EventPage(IReadOnlyList<AgentEvent> Events, long First, long Last, IReadOnlyList<RunningTurn>? Running);

/// <summary>Something durable that a watcher of the agent may see.</summary>
/// <param name="Seq">Its number: 1, 2, 3, ... without gaps.</param>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Session">The session it belongs to; <c>default</c> for the default one.</param>
/// <param name="Type">One of <see cref="EventTypes"/>; readers skip types they do not know.</param>
/// <param name="Data">What happened.</param>
public sealed record AgentEvent(long Seq, long At, string Session, string Type, EventData Data);

/// <summary>The data of an event; which members are there is a matter of its type.</summary>
/// <param name="Turn">The turn it belongs to.</param>
/// <param name="Role"><c>message</c>: <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content"><c>message</c>: the text.</param>
/// <param name="Code"><c>error</c>: a refusal code.</param>
/// <param name="Detail"><c>error</c>: why, safe to show.</param>
/// <param name="Usage"><c>message</c> of a model: what it took.</param>
/// <param name="Json">Any other type: all of the data, a JSON object as text.</param>
public sealed record EventData(
    string? Turn = null, string? Role = null, string? Content = null, string? Code = null, string? Detail = null, TurnUsage? Usage = null, string? Json = null);

/// <summary>The types of events.</summary>
public static class EventTypes
{
    /// <summary>A message of the user or the assistant.</summary>
    public const string Message = "message";

    /// <summary>A message that was here; its session has been deleted.</summary>
    public const string MessageRemoved = "message_removed";

    /// <summary>A turn ended without an answer: failed, or canceled.</summary>
    public const string Error = "error";

    /// <summary>A turn calls a tool, or the call is over: <c>turn</c>, <c>attempt</c>, <c>call</c>, <c>tool</c>, <c>status</c> of <see cref="ToolStatus"/>, <c>durationMs</c>.</summary>
    public const string Tool = "tool";

    /// <summary>
    /// Of a schedule: <c>schedule</c> is its id, <c>status</c> is <c>created</c>, <c>ran</c> (with its <c>turn</c>), <c>skipped</c>, <c>failed</c>
    /// (with <c>code</c> and <c>detail</c>) or <c>deleted</c>.
    /// </summary>
    public const string Schedule = "schedule";

    /// <summary>The spending policy: <c>status</c> is <c>set</c>, or <c>reset</c> when the configured one is in force again.</summary>
    public const string Policy = "policy";

    /// <summary>
    /// Of an approval: <c>approval</c> is its id, <c>status</c> one of <see cref="ApprovalStates"/>, or <c>used</c> when its payment was begun. That one
    /// has expired is noted when something else becomes of the agent's approvals.
    /// </summary>
    public const string Approval = "approval";

    /// <summary>
    /// A turn waits until there is budget: <c>turn</c>, <c>attempt</c>, <c>reason</c> (<c>budget_reached</c>), <c>code</c> and
    /// <c>detail</c> (why the budget said no), and of the limit <c>scope</c>, <c>asset</c>, <c>window</c>, <c>available</c> in atomic units and <c>resetsAt</c>;
    /// <c>needed</c>: what has to be available before it goes on.
    /// </summary>
    public const string TurnPaused = "turn_paused";

    /// <summary>There is budget, and a paused turn is run again: <c>turn</c>, <c>attempt</c>.</summary>
    public const string TurnResumed = "turn_resumed";

    /// <summary>
    /// A limit's threshold is reached by what is posted and held: <c>scope</c>, <c>asset</c>, <c>window</c>, <c>percent</c> (50, 80 or 95),
    /// <c>posted</c>, <c>held</c> and <c>limit</c> in atomic units. Once in a window.
    /// </summary>
    public const string Budget = "budget";

    /// <summary>
    /// Funds that were set aside for a payment: <c>hold</c> is its id, <c>state</c> is <c>held</c>, <c>unknown</c>, <c>posted</c> or <c>voided</c>,
    /// <c>asset</c>, <c>amount</c> in atomic units, and <c>tool</c> when one spends it.
    /// </summary>
    public const string Payment = "payment";

    /// <summary>
    /// Of a message to or of another agent: <c>mail</c> is its id, <c>status</c> is <c>sent</c>, <c>delivered</c>, <c>dead</c> (with <c>code</c>) or <c>discarded</c>, with
    /// <c>to</c>; or <c>received</c> or <c>answering</c> (with its <c>turn</c>), with <c>from</c>. <c>inReplyTo</c> is the id of the message it answers, <c>topic</c>
    /// the one it was sent to; with <c>code</c>, what was sent or received says that there is no answer. <c>asset</c> and <c>amount</c>,
    /// in atomic units, are what may be spent for it, or in an answer what was.
    /// </summary>
    public const string Mail = "mail";

    /// <summary>An operator has stopped the agent's spending: <c>reason</c>.</summary>
    public const string Frozen = "frozen";

    /// <summary>The agent spends again.</summary>
    public const string Unfrozen = "unfrozen";
}

/// <summary>The text that a model has written so far.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run of the model: a later one starts its text anew.</param>
/// <param name="Session">The session.</param>
/// <param name="Text">From the beginning.</param>
public sealed record RunningTurn(string Turn, int Attempt, string Session, string Text);
