using System.Text.Json.Serialization;
using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>
/// One user's durable agent. Actor type <see cref="AgentActorType.Name"/>, actor id = <c>AgentKey</c>.
/// Called weakly typed with <see cref="ContractsJson"/> (a JSON remoting proxy costs two to twenty times as much per call);
/// the method names below are therefore part of the wire contract.
/// </summary>
public interface IAgentActor : IActor
{
    /// <summary>
    /// Stores the user's message and, when the responder answers at once, the reply to it in one state transaction, then answers.
    /// With a model the answer is <see cref="PostedMessage.IsPending"/>: the model runs outside the actor's turn.
    /// </summary>
    /// <param name="request">The message.</param>
    /// <param name="cancellationToken">Ends with the caller; a commit under way is not undone.</param>
    Task<Reply<PostedMessage>> PostMessage(PostMessage request, CancellationToken cancellationToken);

    /// <summary>Reads counters and times. Creates nothing for an agent never written to.</summary>
    Task<Reply<AgentInfo>> GetInfo(CancellationToken cancellationToken);

    /// <summary>Reads one page of the conversation, oldest first within the page.</summary>
    Task<Reply<HistoryPage>> GetHistory(GetHistory request, CancellationToken cancellationToken);

    /// <summary>Reads the event log from a number on.</summary>
    Task<Reply<EventPage>> ReadEvents(ReadEvents request, CancellationToken cancellationToken);

    /// <summary>Reads a turn; refused with <c>turn_not_found</c> when there is none of that id.</summary>
    Task<Reply<Turn>> GetTurn(GetTurn request, CancellationToken cancellationToken);

    /// <summary>Ends a turn that is not over, with an <see cref="EventTypes.Error"/> event.</summary>
    Task<Reply<Turn>> CancelTurn(CancelTurn request, CancellationToken cancellationToken);

    /// <summary>Reads what the owner has set.</summary>
    Task<Reply<AgentProfile>> GetProfile(CancellationToken cancellationToken);

    /// <summary>Sets it. Models read it from the next turn on.</summary>
    Task<Reply<AgentProfile>> SetProfile(AgentProfile request, CancellationToken cancellationToken);

    /// <summary>Reads one page of a session as it is stored, for an export: oldest first, by number.</summary>
    Task<Reply<StoredPage>> GetPage(GetPage request, CancellationToken cancellationToken);

    /// <summary>
    /// Removes everything the agent has, or the next part of it: to be called until it is done. From the first part on nothing else is answered,
    /// and afterwards the agent is as one never used.
    /// </summary>
    Task<Reply<Erasure>> EraseAll(EraseAgent request, CancellationToken cancellationToken);

    /// <summary>Makes a session. A repeat, by request id or by key, finds the one it made.</summary>
    Task<Reply<Session>> CreateSession(CreateSession request, CancellationToken cancellationToken);

    /// <summary>Reads a session.</summary>
    Task<Reply<Session>> GetSession(GetSession request, CancellationToken cancellationToken);

    /// <summary>Reads a page of the sessions: the default one first, then in the order they were made.</summary>
    Task<Reply<SessionList>> ListSessions(ListSessions request, CancellationToken cancellationToken);

    /// <summary>Marks a session as used now and merges metadata into its own.</summary>
    Task<Reply<Session>> UpdateSession(UpdateSession request, CancellationToken cancellationToken);

    /// <summary>Removes a session, or the next part of a long one: to be called until it is done. It is gone for everybody from the first part on.</summary>
    Task<Reply<SessionDeletion>> DeleteSession(DeleteSession request, CancellationToken cancellationToken);

    /// <summary>Makes a schedule. A repeat, by request id or by key, finds the one it made.</summary>
    Task<Reply<Schedule>> CreateSchedule(CreateSchedule request, CancellationToken cancellationToken);

    /// <summary>Reads the schedules, in the order they were made.</summary>
    Task<Reply<ScheduleList>> ListSchedules(CancellationToken cancellationToken);

    /// <summary>Removes a schedule, and answers what it was.</summary>
    Task<Reply<Schedule>> DeleteSchedule(DeleteSchedule request, CancellationToken cancellationToken);
}

/// <summary>The name under which <see cref="IAgentActor"/> is hosted.</summary>
public static class AgentActorType
{
    /// <summary>The Dapr actor type.</summary>
    public const string Name = "AgentActor";
}

/// <summary>A message to the agent.</summary>
/// <param name="Content">The text, at most 64 KiB as UTF-8; never empty. Null for a tool.</param>
/// <param name="SessionId">The session, or null for the default one.</param>
/// <param name="RequestId">
/// Made once per request by the gateway and repeated by its own retries, so that a retry acts once. Ignored when
/// <paramref name="IdempotencyKey"/> is given.
/// </param>
/// <param name="IdempotencyKey">The caller's key, kept 24 h; null when the caller gave none.</param>
/// <param name="IfBusy">One of <see cref="BusyPolicies"/>; null for the default.</param>
/// <param name="Tool">In place of a text: the tool to be called, whose result is the answer. Not counted by the rate limit: whoever may ask for it has paid.</param>
/// <param name="Arguments">With <paramref name="Tool"/>: its arguments, a JSON object as text; null for none.</param>
/// <param name="Payment">The payment that pays for it, stored with it. Refused with <c>not_for_sale</c> when the agent is not its payee. Null: it is not paid for.</param>
public sealed record PostMessage(
    string? Content, string? SessionId, string RequestId, string? IdempotencyKey, string? IfBusy = null, string? Tool = null, string? Arguments = null,
    AgentPayment? Payment = null);

/// <summary>What the agent answered, or that it will.</summary>
/// <param name="Response">The assistant's text; null while the turn is not over.</param>
/// <param name="MessageCount">User and assistant messages of all sessions: of the exchange when it is answered, else of the user's message.</param>
/// <param name="Seq">The assistant's message's number in the agent's event log; the user's while there is none.</param>
/// <param name="TurnId">The turn that answers.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="At">When the message of that seq was stored, Unix milliseconds.</param>
/// <param name="UserSeq">The user's message's number.</param>
/// <param name="UserAt">When that was stored, Unix milliseconds.</param>
public sealed record PostedMessage(
    string? Response, long MessageCount, long Seq, string TurnId, string SessionId, long At, long UserSeq, long UserAt)
{
    /// <summary>True while the turn is not over: its end is an event.</summary>
    [JsonIgnore]
    public bool IsPending => Response is null;
}

/// <summary>An agent's counters.</summary>
/// <param name="MessageCount">User and assistant messages of all sessions; 0 for an agent never used.</param>
/// <param name="CreatedAt">First write; null for an agent never used.</param>
/// <param name="LastActive">Last write; null for an agent never used.</param>
/// <param name="LastSeq">The number of its last event; 0 for an agent never used.</param>
/// <param name="LastSeen">The last read before this one; null when there was none. The last minutes of it are lost with a process.</param>
/// <param name="Reads">How many reads there were, as far as known.</param>
/// <param name="WalletAddress">The address of its wallet; null until its first write, and where agents have none.</param>
/// <param name="Budget">How its limits stand; null from a service that knows of none yet.</param>
public sealed record AgentInfo(
    long MessageCount, DateTimeOffset? CreatedAt, DateTimeOffset? LastActive, long LastSeq, DateTimeOffset? LastSeen = null, long Reads = 0,
    string? WalletAddress = null, AgentBudget? Budget = null);

/// <summary>Asks for a page of the conversation.</summary>
/// <param name="SessionId">The session, or null for the default one.</param>
/// <param name="Limit">1-1000 messages.</param>
/// <param name="Before">Only messages with a smaller seq; null for the newest page.</param>
/// <param name="Search">
/// Only messages that have this text in them, upper and lower case alike; null for all. A search looks through so many messages at a time, and
/// <see cref="HistoryPage.NextBefore"/> goes on where it ended, with or without something found.
/// </param>
public sealed record GetHistory(string? SessionId, int Limit, long? Before, string? Search = null);

/// <summary>A page of the conversation.</summary>
/// <param name="Messages">Oldest first.</param>
/// <param name="NextBefore">The <c>before</c> of the next older page; null when there is none.</param>
public sealed record HistoryPage(IReadOnlyList<HistoryMessage> Messages, long? NextBefore);

/// <summary>One message of the conversation.</summary>
/// <param name="Seq">Its number in the agent's event log; rises, may have gaps.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
public sealed record HistoryMessage(long Seq, string Role, string Content, long Timestamp);
