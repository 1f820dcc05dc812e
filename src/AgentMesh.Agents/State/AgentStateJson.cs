using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Agents.ApiKeys;
using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Audit;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.CallTasks;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Profile;
using AgentMesh.Agents.Purchases;
using AgentMesh.Agents.Quarantine;
using AgentMesh.Agents.Quotas;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Agents.Tickets;
using AgentMesh.Agents.Topics;
using AgentMesh.Agents.Turns;
using AgentMesh.Agents.Usage;
using AgentMesh.Agents.Wallets;
using AgentMesh.Primitives.Stored;

namespace AgentMesh.Agents.State;

/// <summary>
/// JSON of every stored record. Strict: a missing or null member is damage, not a default. Use it by <see cref="AddTo"/>,
/// which also reads older versions.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(IsoTimeConverter), typeof(AtomicAmountConverter)])]
[JsonSerializable(typeof(AgentHead))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(IdempotencyBucket))]
[JsonSerializable(typeof(SessionIndex))]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(EventLogPage))]
[JsonSerializable(typeof(TurnTable))]
[JsonSerializable(typeof(ProfileRecord))]
[JsonSerializable(typeof(ScheduleTable))]
[JsonSerializable(typeof(SessionExpiries))]
[JsonSerializable(typeof(UsageRecord))]
[JsonSerializable(typeof(SessionSummary))]
[JsonSerializable(typeof(DueIndex))]
[JsonSerializable(typeof(DueShard))]
[JsonSerializable(typeof(DueTenants))]
[JsonSerializable(typeof(WalletRecord))]
[JsonSerializable(typeof(WalletIndex))]
[JsonSerializable(typeof(WalletShard))]
[JsonSerializable(typeof(PaymentBook))]
[JsonSerializable(typeof(PaymentPage))]
[JsonSerializable(typeof(PaymentPlace))]
[JsonSerializable(typeof(Ledger))]
[JsonSerializable(typeof(PolicyRecord))]
[JsonSerializable(typeof(SpendingMemory))]
[JsonSerializable(typeof(ApprovalTable))]
[JsonSerializable(typeof(FreezeRecord))]
[JsonSerializable(typeof(TenantControl))]
[JsonSerializable(typeof(TenantLedger))]
[JsonSerializable(typeof(PurchaseBook))]
[JsonSerializable(typeof(StoredPurchase))]
[JsonSerializable(typeof(PurchaseBody))]
[JsonSerializable(typeof(CallTaskTable))]
[JsonSerializable(typeof(MailBook))]
[JsonSerializable(typeof(OutMail))]
[JsonSerializable(typeof(InMail))]
[JsonSerializable(typeof(MailSenders))]
[JsonSerializable(typeof(PublishedRecord))]
[JsonSerializable(typeof(AgentTopics))]
[JsonSerializable(typeof(TopicMembers))]
[JsonSerializable(typeof(SpentTickets))]
[JsonSerializable(typeof(ApiKeyBook))]
[JsonSerializable(typeof(ApiKeyRecord))]
[JsonSerializable(typeof(AuditBook))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(AgentIndex))]
[JsonSerializable(typeof(AgentShard))]
[JsonSerializable(typeof(QuarantinedAgents))]
public sealed partial class AgentStateJson : JsonSerializerContext
{
    /// <summary>Makes options read and write stored records, whatever their own conventions are.</summary>
    public static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new VersionedConverter<AgentHead>(
            StateVersions.AgentHead, StateVersions.AgentHeadUpcasters, Default.AgentHead));
        options.Converters.Add(new VersionedConverter<MessagePage>(
            StateVersions.MessagePage, StateVersions.MessagePageUpcasters, Default.MessagePage));
        options.Converters.Add(new VersionedConverter<IdempotencyBucket>(
            StateVersions.IdempotencyBucket, StateVersions.IdempotencyBucketUpcasters, Default.IdempotencyBucket));
        options.Converters.Add(new VersionedConverter<SessionIndex>(
            StateVersions.SessionIndex, StateVersions.SessionIndexUpcasters, Default.SessionIndex));
        options.Converters.Add(new VersionedConverter<SessionRecord>(
            StateVersions.SessionRecord, StateVersions.SessionRecordUpcasters, Default.SessionRecord));
        options.Converters.Add(new VersionedConverter<EventLogPage>(
            StateVersions.EventLogPage, StateVersions.EventLogPageUpcasters, Default.EventLogPage));
        options.Converters.Add(new VersionedConverter<TurnTable>(
            StateVersions.TurnTable, StateVersions.TurnTableUpcasters, Default.TurnTable));
        options.Converters.Add(new VersionedConverter<ProfileRecord>(
            StateVersions.ProfileRecord, StateVersions.ProfileRecordUpcasters, Default.ProfileRecord));
        options.Converters.Add(new VersionedConverter<ScheduleTable>(
            StateVersions.ScheduleTable, StateVersions.ScheduleTableUpcasters, Default.ScheduleTable));
        options.Converters.Add(new VersionedConverter<SessionExpiries>(
            StateVersions.SessionExpiries, StateVersions.SessionExpiriesUpcasters, Default.SessionExpiries));
        options.Converters.Add(new VersionedConverter<UsageRecord>(
            StateVersions.UsageRecord, StateVersions.UsageRecordUpcasters, Default.UsageRecord));
        options.Converters.Add(new VersionedConverter<SessionSummary>(
            StateVersions.SessionSummary, StateVersions.SessionSummaryUpcasters, Default.SessionSummary));
        options.Converters.Add(new VersionedConverter<DueIndex>(
            StateVersions.DueIndex, StateVersions.DueIndexUpcasters, Default.DueIndex));
        options.Converters.Add(new VersionedConverter<DueShard>(
            StateVersions.DueShard, StateVersions.DueShardUpcasters, Default.DueShard));
        options.Converters.Add(new VersionedConverter<DueTenants>(
            StateVersions.DueTenants, StateVersions.DueTenantsUpcasters, Default.DueTenants));
        options.Converters.Add(new VersionedConverter<WalletRecord>(
            StateVersions.WalletRecord, StateVersions.WalletRecordUpcasters, Default.WalletRecord));
        options.Converters.Add(new VersionedConverter<WalletIndex>(
            StateVersions.WalletIndex, StateVersions.WalletIndexUpcasters, Default.WalletIndex));
        options.Converters.Add(new VersionedConverter<WalletShard>(
            StateVersions.WalletShard, StateVersions.WalletShardUpcasters, Default.WalletShard));
        options.Converters.Add(new VersionedConverter<PaymentBook>(
            StateVersions.PaymentBook, StateVersions.PaymentBookUpcasters, Default.PaymentBook));
        options.Converters.Add(new VersionedConverter<PaymentPage>(
            StateVersions.PaymentPage, StateVersions.PaymentPageUpcasters, Default.PaymentPage));
        options.Converters.Add(new VersionedConverter<PaymentPlace>(
            StateVersions.PaymentPlace, StateVersions.PaymentPlaceUpcasters, Default.PaymentPlace));
        options.Converters.Add(new VersionedConverter<Ledger>(StateVersions.Ledger, StateVersions.LedgerUpcasters, Default.Ledger));
        options.Converters.Add(new VersionedConverter<PolicyRecord>(
            StateVersions.PolicyRecord, StateVersions.PolicyRecordUpcasters, Default.PolicyRecord));
        options.Converters.Add(new VersionedConverter<SpendingMemory>(
            StateVersions.SpendingMemory, StateVersions.SpendingMemoryUpcasters, Default.SpendingMemory));
        options.Converters.Add(new VersionedConverter<ApprovalTable>(
            StateVersions.ApprovalTable, StateVersions.ApprovalTableUpcasters, Default.ApprovalTable));
        options.Converters.Add(new VersionedConverter<FreezeRecord>(
            StateVersions.FreezeRecord, StateVersions.FreezeRecordUpcasters, Default.FreezeRecord));
        options.Converters.Add(new VersionedConverter<TenantControl>(
            StateVersions.TenantControl, StateVersions.TenantControlUpcasters, Default.TenantControl));
        options.Converters.Add(new VersionedConverter<TenantLedger>(
            StateVersions.TenantLedger, StateVersions.TenantLedgerUpcasters, Default.TenantLedger));
        options.Converters.Add(new VersionedConverter<PurchaseBook>(
            StateVersions.PurchaseBook, StateVersions.PurchaseBookUpcasters, Default.PurchaseBook));
        options.Converters.Add(new VersionedConverter<StoredPurchase>(
            StateVersions.StoredPurchase, StateVersions.StoredPurchaseUpcasters, Default.StoredPurchase));
        options.Converters.Add(new VersionedConverter<PurchaseBody>(
            StateVersions.PurchaseBody, StateVersions.PurchaseBodyUpcasters, Default.PurchaseBody));
        options.Converters.Add(new VersionedConverter<CallTaskTable>(
            StateVersions.CallTaskTable, StateVersions.CallTaskTableUpcasters, Default.CallTaskTable));
        options.Converters.Add(new VersionedConverter<MailBook>(StateVersions.MailBook, StateVersions.MailBookUpcasters, Default.MailBook));
        options.Converters.Add(new VersionedConverter<OutMail>(StateVersions.OutMail, StateVersions.OutMailUpcasters, Default.OutMail));
        options.Converters.Add(new VersionedConverter<InMail>(StateVersions.InMail, StateVersions.InMailUpcasters, Default.InMail));
        options.Converters.Add(new VersionedConverter<MailSenders>(StateVersions.MailSenders, StateVersions.MailSendersUpcasters, Default.MailSenders));
        options.Converters.Add(new VersionedConverter<PublishedRecord>(
            StateVersions.PublishedRecord, StateVersions.PublishedRecordUpcasters, Default.PublishedRecord));
        options.Converters.Add(new VersionedConverter<AgentTopics>(StateVersions.AgentTopics, StateVersions.AgentTopicsUpcasters, Default.AgentTopics));
        options.Converters.Add(new VersionedConverter<TopicMembers>(StateVersions.TopicMembers, StateVersions.TopicMembersUpcasters, Default.TopicMembers));
        options.Converters.Add(new VersionedConverter<SpentTickets>(StateVersions.SpentTickets, StateVersions.SpentTicketsUpcasters, Default.SpentTickets));
        options.Converters.Add(new VersionedConverter<ApiKeyBook>(StateVersions.ApiKeyBook, StateVersions.ApiKeyBookUpcasters, Default.ApiKeyBook));
        options.Converters.Add(new VersionedConverter<ApiKeyRecord>(StateVersions.ApiKeyRecord, StateVersions.ApiKeyRecordUpcasters, Default.ApiKeyRecord));
        options.Converters.Add(new VersionedConverter<AuditBook>(StateVersions.AuditBook, StateVersions.AuditBookUpcasters, Default.AuditBook));
        options.Converters.Add(new VersionedConverter<AuditPage>(StateVersions.AuditPage, StateVersions.AuditPageUpcasters, Default.AuditPage));
        options.Converters.Add(new VersionedConverter<AgentIndex>(StateVersions.AgentIndex, StateVersions.AgentIndexUpcasters, Default.AgentIndex));
        options.Converters.Add(new VersionedConverter<AgentShard>(StateVersions.AgentShard, StateVersions.AgentShardUpcasters, Default.AgentShard));
        options.Converters.Add(new VersionedConverter<QuarantinedAgents>(StateVersions.QuarantinedAgents, StateVersions.QuarantinedAgentsUpcasters, Default.QuarantinedAgents));
    }
}
