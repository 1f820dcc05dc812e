using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace AgentMesh.Agents.State;

/// <summary>
/// The current schema version of every stored record and the way there from each older one. To change a record: raise its
/// version, add the upcaster from the version before, add a fixture file of the new version to the tests, delete nothing.
/// </summary>
internal static class StateVersions
{
    internal const int AgentHead = 7;
    internal const int MessagePage = 1;
    internal const int IdempotencyBucket = 1;
    internal const int SessionIndex = 1;
    internal const int SessionRecord = 2;
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

    /// <summary>Element n-1 makes version n+1 out of version n.</summary>
    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AgentHeadUpcasters = [EventsBegin, HasNoWallet, HoldsNothing, PausesNoTurn, BuysNothing, HasNoMail];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> MessagePageUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> IdempotencyBucketUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionIndexUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionRecordUpcasters = [LivesForEver];

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

    /// <summary>Version 2 of the head knows the event log, which begins behind what was said before, turns that are not over, schedules, and sessions that expire.</summary>
    private static JsonObject EventsBegin(JsonObject head)
    {
        head["eventsFrom"] = head["lastSeq"]!.GetValue<long>() + 1;
        head["openTurns"] = 0;
        head["isErasing"] = false;
        head["accepted"] = "";
        head["nextSchedule"] = null;
        head["nextExpiry"] = null;
        head["v"] = 2;
        return head;
    }

    /// <summary>Agents of version 2 get their wallet with their next write.</summary>
    private static JsonObject HasNoWallet(JsonObject head)
    {
        head["wallet"] = null;
        head["v"] = 3;
        return head;
    }

    /// <summary>Agents of version 3 have no ledger.</summary>
    private static JsonObject HoldsNothing(JsonObject head)
    {
        head["nextHold"] = null;
        head["v"] = 4;
        return head;
    }

    /// <summary>No turn of version 4 waits until there is budget.</summary>
    private static JsonObject PausesNoTurn(JsonObject head)
    {
        head["pausedTurns"] = 0;
        head["nextResume"] = null;
        head["v"] = 5;
        return head;
    }

    /// <summary>Agents of version 5 have no purchases.</summary>
    private static JsonObject BuysNothing(JsonObject head)
    {
        head["nextPurchase"] = null;
        head["v"] = 6;
        return head;
    }

    /// <summary>Mailboxes of version 1 did not tell answers from other messages under way: those count as the agent's own until they are over.</summary>
    private static JsonObject AnswersNothing(JsonObject book)
    {
        book["answers"] = new JsonArray();
        book["v"] = 2;
        return book;
    }

    /// <summary>Agents of version 6 have no mailbox.</summary>
    private static JsonObject HasNoMail(JsonObject head)
    {
        head["mailOut"] = 0;
        head["mailIn"] = 0;
        head["erasedMail"] = 0;
        head["nextMail"] = null;
        head["v"] = 7;
        return head;
    }

    /// <summary>Agents of version 1 spend their own money only.</summary>
    private static JsonObject SpendsItsOwn(JsonObject ledger)
    {
        ledger["grants"] = new JsonArray();
        foreach (var holds in (string[])["open", "settled"])
        {
            foreach (var hold in ledger[holds]!.AsArray())
                hold!["grant"] = null;
        }

        ledger["v"] = 2;
        return ledger;
    }

    /// <summary>Runs of version 2 have set nothing aside.</summary>
    private static JsonObject CallsForFree(JsonObject turns)
    {
        foreach (var turn in turns["open"]!.AsArray())
        {
            turn!["call"] = 0;
            turn["spentMicroUsd"] = "0";
            turn["pastAttempts"] = 0;
            turn["pause"] = null;
        }

        turns["v"] = 3;
        return turns;
    }

    /// <summary>Of which turn a purchase of version 1 is, is not known.</summary>
    private static JsonObject BuysInNoTurn(JsonObject purchase)
    {
        purchase["request"]!["turn"] = null;
        purchase["v"] = 2;
        return purchase;
    }

    /// <summary>Whose money a purchase of version 2 is paid of, is looked for when it is paid.</summary>
    private static JsonObject KeepsNoGrant(JsonObject purchase)
    {
        purchase["grant"] = null;
        purchase["v"] = 3;
        return purchase;
    }

    /// <summary>Tasks of version 1 are turns and payments, which ask nothing.</summary>
    private static JsonObject AsksNothing(JsonObject tasks)
    {
        foreach (var task in tasks["all"]!.AsArray())
            task!["input"] = null;
        tasks["v"] = 2;
        return tasks;
    }

    /// <summary>Purchases of version 1 are known for their time only.</summary>
    private static JsonObject KeepsForNoTurn(JsonObject purchases)
    {
        foreach (var purchase in purchases["kept"]!.AsArray())
            purchase!["turn"] = null;
        purchases["v"] = 2;
        return purchases;
    }

    /// <summary>Version 2 of a page of payments may have some that are authorized and not yet settled, by the agent itself.</summary>
    private static JsonObject KnowsNoOutgoing(JsonObject page)
    {
        page["v"] = 2;
        return page;
    }

    /// <summary>Wallets of version 1 are in no list, got no money, and their keys are here.</summary>
    private static JsonObject IsInNoList(JsonObject wallet)
    {
        wallet["requestKey"] = null;
        wallet["gift"] = null;
        wallet["listedKeyId"] = null;
        wallet["v"] = 2;
        return wallet;
    }

    /// <summary>Version 2 of a page of events may have entries that are neither messages nor errors.</summary>
    private static JsonObject KnowsNoFacts(JsonObject page)
    {
        page["v"] = 2;
        return page;
    }

    /// <summary>Turns and schedules of version 1 are all messages.</summary>
    private static JsonObject CallsNoTool(JsonObject table, string members)
    {
        foreach (var member in table[members]!.AsArray())
            member!["tool"] = null;
        table["v"] = 2;
        return table;
    }

    /// <summary>Sessions of version 1 do not expire.</summary>
    private static JsonObject LivesForEver(JsonObject session)
    {
        session["ttlSeconds"] = null;
        session["v"] = 2;
        return session;
    }
}
