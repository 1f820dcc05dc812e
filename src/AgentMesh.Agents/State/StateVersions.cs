using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace AgentMesh.Agents.State;

/// <summary>
/// The current schema version of every stored record and the way there from each older one. To change a record: raise its
/// version, add the upcaster from the version before, add a fixture file of the new version to the tests, delete nothing.
/// </summary>
internal static partial class StateVersions
{
    internal const int AgentHead = 9;
    internal const int MessagePage = 1;
    internal const int IdempotencyBucket = 1;
    internal const int SessionIndex = 1;
    internal const int SessionRecord = 3;
    internal const int EventLogPage = 2;
    internal const int TurnTable = 3;
    internal const int ProfileRecord = 1;
    internal const int ScheduleTable = 2;
    internal const int SessionExpiries = 1;
    internal const int UsageRecord = 1;
    internal const int SessionSummary = 1;
    internal const int DueIndex = 1;
    internal const int DueShard = 1;
    internal const int DueTenants = 1;
    internal const int WalletRecord = 2;
    internal const int WalletIndex = 1;
    internal const int WalletShard = 1;
    internal const int PaymentBook = 1;
    internal const int PaymentPage = 2;
    internal const int PaymentPlace = 1;
    internal const int Ledger = 2;
    internal const int PolicyRecord = 1;
    internal const int SpendingMemory = 1;
    internal const int ApprovalTable = 1;
    internal const int PurchaseBook = 2;
    internal const int StoredPurchase = 3;
    internal const int PurchaseBody = 1;
    internal const int FreezeRecord = 1;
    internal const int TenantControl = 1;
    internal const int TenantLedger = 1;
    internal const int CallTaskTable = 2;
    internal const int MailBook = 2;
    internal const int OutMail = 1;
    internal const int InMail = 1;
    internal const int MailSenders = 1;
    internal const int PublishedRecord = 1;
    internal const int AgentTopics = 1;
    internal const int TopicMembers = 1;
    internal const int ApiKeyBook = 1;
    internal const int ApiKeyRecord = 1;
    internal const int SpentTickets = 1;
    internal const int AuditBook = 1;
    internal const int AuditPage = 1;
    internal const int AgentIndex = 1;
    internal const int AgentShard = 1;
    internal const int QuarantinedAgents = 1;

    /// <summary>Element n-1 makes version n+1 out of version n.</summary>
    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AgentHeadUpcasters = [EventsBegin, HasNoWallet, HoldsNothing, PausesNoTurn, BuysNothing, HasNoMail, CountsNoBytes, RestoresNothing];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> MessagePageUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> IdempotencyBucketUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionIndexUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionRecordUpcasters = [LivesForEver, TakesNothing];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> EventLogPageUpcasters = [KnowsNoFacts];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> TurnTableUpcasters = [turns => CallsNoTool(turns, "open"), CallsForFree];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> ProfileRecordUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> ScheduleTableUpcasters = [schedules => CallsNoTool(schedules, "all")];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionExpiriesUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> UsageRecordUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionSummaryUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> DueIndexUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> DueShardUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> DueTenantsUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> WalletRecordUpcasters = [IsInNoList];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> WalletIndexUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> WalletShardUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> PaymentBookUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> PaymentPageUpcasters = [KnowsNoOutgoing];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> PaymentPlaceUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> LedgerUpcasters = [SpendsItsOwn];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> PolicyRecordUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SpendingMemoryUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> ApprovalTableUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> PurchaseBookUpcasters = [KeepsForNoTurn];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> StoredPurchaseUpcasters = [BuysInNoTurn, KeepsNoGrant];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> PurchaseBodyUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> FreezeRecordUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> TenantControlUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> TenantLedgerUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> CallTaskTableUpcasters = [AsksNothing];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> MailBookUpcasters = [AnswersNothing];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> OutMailUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> InMailUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> MailSendersUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> PublishedRecordUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AgentTopicsUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> TopicMembersUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> ApiKeyBookUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> ApiKeyRecordUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SpentTicketsUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AuditBookUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AuditPageUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AgentIndexUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AgentShardUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> QuarantinedAgentsUpcasters = [];
}
