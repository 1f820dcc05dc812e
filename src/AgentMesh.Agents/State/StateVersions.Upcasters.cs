using System.Text.Json.Nodes;

namespace AgentMesh.Agents.State;

/// <summary>The forms that records had, and what makes the next one of each.</summary>
internal static partial class StateVersions
{
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

    /// <summary>What messages of version 7 take was not counted, and the tenant's list knows no agent.</summary>
    private static JsonObject CountsNoBytes(JsonObject head)
    {
        head["storedBytes"] = 0;
        head["listedBytes"] = null;
        head["v"] = 8;
        return head;
    }

    /// <summary>No agent of version 8 is made from an export.</summary>
    private static JsonObject RestoresNothing(JsonObject head)
    {
        head["restoring"] = null;
        head["v"] = 9;
        return head;
    }

    /// <summary>What messages of version 2 take was not counted.</summary>
    private static JsonObject TakesNothing(JsonObject session)
    {
        session["storedBytes"] = 0;
        session["v"] = 3;
        return session;
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
