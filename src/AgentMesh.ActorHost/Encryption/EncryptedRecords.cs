using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.CallTasks;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Profile;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Summaries;
using AgentMesh.ServiceDefaults.Encryption;

namespace AgentMesh.ActorHost.Encryption;

/// <summary>Which of an agent's records have what somebody said. All others have ids, times, amounts, counts, names and settings only; a test has a row for each.</summary>
internal static class EncryptedRecords
{
    internal static SealedTypes Types { get; } = new SealedTypes()
        .Add<MessagePage>()
        // The hash of a short text can be guessed.
        .Add<IdempotencyBucket>()
        .Add<SessionRecord>()
        .Add<SessionSummary>()
        .Add<ProfileRecord>()
        .Add<ScheduleTable>()
        .Add<CallTaskTable>()
        .Add<OutMail>()
        .Add<InMail>()
        // Addresses that a model asks for have its words in them, in what is paid and approved too.
        .Add<StoredPurchase>()
        .Add<PurchaseBody>()
        .Add<PaymentPage>()
        .Add<ApprovalTable>();
}
