using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>An agent that is made from an export. Implemented by the agent, called by who has read the export.</summary>
public interface IAgentRestoring : IActor
{
    /// <summary>
    /// Takes the next part, stored before it is answered; a repeat changes nothing. From the first part to the last the agent refuses all else with
    /// <c>agent_restoring</c>. Refused with <c>agent_exists</c> when it has been used, and with <c>invalid_export</c>.
    /// </summary>
    Task<Reply<RestoreProgress>> Restore(RestorePart request, CancellationToken cancellationToken);
}

/// <summary>A part of an export: exactly one of its members beside the id is set. First <paramref name="Begin"/>, then sessions, each with its messages behind it, then the rest, and <paramref name="End"/> last.</summary>
/// <param name="RestoreId">The same for all parts of a restore.</param>
/// <param name="Begin">The agent.</param>
/// <param name="Session">A session.</param>
/// <param name="Messages">Messages of a session.</param>
/// <param name="Schedule">A schedule; its request id is the exported one's id.</param>
/// <param name="MailPolicy">The mail policy.</param>
/// <param name="Policy">The spending policy, a JSON document.</param>
/// <param name="Topic">A topic that the agent is to be a member of. Whether it becomes one is the topic's to say.</param>
/// <param name="End">When the restore began, as the first part was answered.</param>
public sealed record RestorePart(
    string RestoreId,
    RestoredAgent? Begin = null,
    RestoreSession? Session = null,
    RestoreMessages? Messages = null,
    CreateSchedule? Schedule = null,
    MailSettings? MailPolicy = null,
    string? Policy = null,
    NoteTopic? Topic = null,
    DateTimeOffset? End = null);

/// <summary>What an export says of the agent itself.</summary>
/// <param name="LastSeq">The last number it had given out; 0 when that is not known.</param>
/// <param name="SystemPrompt">As its owner set it; null: not.</param>
public sealed record RestoredAgent(long LastSeq, string? SystemPrompt);

/// <summary>A session of an export.</summary>
/// <param name="Id">26 characters of a-z and 2-7.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastActive">Its last message or touch.</param>
/// <param name="Metadata">A JSON object as text; null for none.</param>
/// <param name="TtlSeconds">How long it lives without a message or a touch, from now on; null: for ever.</param>
public sealed record RestoreSession(string Id, DateTimeOffset CreatedAt, DateTimeOffset LastActive, string? Metadata, int? TtlSeconds);

/// <summary>Messages of an export.</summary>
/// <param name="SessionId">Their session.</param>
/// <param name="Messages">By rising seq, behind those of the part before. What is written of them has to go through daprd (4 MiB).</param>
public sealed record RestoreMessages(string SessionId, IReadOnlyList<HistoryMessage> Messages);

/// <summary>How the agent stands after a part.</summary>
/// <param name="CreatedAt">When the restore began.</param>
/// <param name="WalletAddress">The address of its wallet, which is a new one: keys are in no export. Null where agents have none.</param>
public sealed record RestoreProgress(DateTimeOffset CreatedAt, string? WalletAddress);
