using System.Text.Json;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.Mail;
using AgentMesh.Gateway.Payments;
using AgentMesh.Gateway.Policies;
using AgentMesh.Gateway.Schedules;

namespace AgentMesh.Gateway.Owner;

/// <summary>The first line.</summary>
/// <param name="Kind"><c>agent</c>.</param>
/// <param name="UserId">The user.</param>
/// <param name="WalletAddress">The address of its wallet. The key is not exported.</param>
/// <param name="CreatedAt">First write; null for an agent never used.</param>
/// <param name="LastActive">Last write; null for an agent never used.</param>
/// <param name="SystemPrompt">As the owner set it.</param>
/// <param name="LastSeq">The last number it had given out when the export began.</param>
internal sealed record ExportedAgent(
    string Kind, string UserId, string? WalletAddress, DateTime? CreatedAt, DateTime? LastActive, string? SystemPrompt, long LastSeq = 0);

/// <summary>A session; its messages follow.</summary>
/// <param name="Kind"><c>session</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastActive">Its last message or touch.</param>
/// <param name="Metadata">The owner's notes.</param>
/// <param name="TtlSeconds">How long it lives unused; null: for ever.</param>
internal sealed record ExportedSession(string Kind, string Id, DateTime CreatedAt, DateTime LastActive, JsonElement Metadata, int? TtlSeconds = null);

/// <summary>What the agent may spend and has spent.</summary>
/// <param name="Kind"><c>budget</c>.</param>
/// <param name="Budget">As the budget shows it.</param>
internal sealed record ExportedBudget(string Kind, BudgetResponse Budget);

/// <summary>What a model reads in place of a session's older messages.</summary>
/// <param name="Kind"><c>summary</c>.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Text">Written by a model.</param>
/// <param name="ThroughSeq">The seq of the last message that is in it.</param>
/// <param name="UpdatedAt">When it was written.</param>
internal sealed record ExportedSummary(string Kind, string SessionId, string Text, long ThroughSeq, DateTime UpdatedAt);

/// <summary>A message, oldest first in its session.</summary>
/// <param name="Kind"><c>message</c>.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">The text.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
internal sealed record ExportedMessage(string Kind, string SessionId, long Seq, string Role, string Content, long Timestamp);

/// <summary>A schedule.</summary>
/// <param name="Kind"><c>schedule</c>.</param>
/// <param name="Schedule">As the list of schedules shows it.</param>
internal sealed record ExportedSchedule(string Kind, ScheduleResponse Schedule);

/// <summary>A message of the inbox.</summary>
/// <param name="Kind"><c>inbox</c>.</param>
/// <param name="Message">As the inbox shows it.</param>
internal sealed record ExportedReceivedMail(string Kind, ReceivedMailResponse Message);

/// <summary>A message of the outbox.</summary>
/// <param name="Kind"><c>outbox</c>.</param>
/// <param name="Message">As the outbox shows it.</param>
internal sealed record ExportedSentMail(string Kind, SentMailResponse Message);

/// <summary>The mail policy, when the agent has one of its own.</summary>
/// <param name="Kind"><c>mailPolicy</c>.</param>
/// <param name="Policy">As it is read.</param>
internal sealed record ExportedMailPolicy(string Kind, MailPolicyResponse Policy);

/// <summary>A topic that the agent has joined.</summary>
/// <param name="Kind"><c>topic</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="JoinedAt">When.</param>
internal sealed record ExportedTopic(string Kind, string Name, DateTime JoinedAt);

/// <summary>The spending policy, when the agent has one of its own.</summary>
/// <param name="Kind"><c>policy</c>.</param>
/// <param name="Policy">As it is read.</param>
internal sealed record ExportedPolicy(string Kind, PolicyResponse Policy);

/// <summary>An approval.</summary>
/// <param name="Kind"><c>approval</c>.</param>
/// <param name="Approval">As the list of approvals shows it.</param>
internal sealed record ExportedApproval(string Kind, ApprovalResponse Approval);

/// <summary>A payment.</summary>
/// <param name="Kind"><c>payment</c>.</param>
/// <param name="Payment">As the list of payments shows it.</param>
internal sealed record ExportedPayment(string Kind, PaymentResponse Payment);

/// <summary>An event that is no message.</summary>
/// <param name="Kind"><c>event</c>.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Timestamp">Unix milliseconds.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Type">Its type.</param>
/// <param name="TurnId">The turn.</param>
/// <param name="Code">A refusal code.</param>
/// <param name="Detail">Why.</param>
/// <param name="Data">Of an event that is no error: what happened.</param>
internal sealed record ExportedEvent(
    string Kind, long Seq, long Timestamp, string SessionId, string Type, string? TurnId, string? Code, string? Detail, JsonElement? Data);

/// <summary>The last line of a whole export.</summary>
/// <param name="Kind"><c>end</c>.</param>
/// <param name="Sessions">Sessions before it.</param>
/// <param name="Messages">Messages before it.</param>
/// <param name="Schedules">Schedules before it.</param>
/// <param name="Inbox">Messages of the inbox before it.</param>
/// <param name="Outbox">Messages of the outbox before it.</param>
/// <param name="Topics">Topics before it.</param>
/// <param name="Approvals">Approvals before it.</param>
/// <param name="Payments">Payments before it.</param>
/// <param name="Events">Events before it.</param>
internal sealed record ExportEnd(string Kind, int Sessions, int Messages, int Schedules, int Inbox, int Outbox, int Topics, int Approvals, int Payments, int Events);
