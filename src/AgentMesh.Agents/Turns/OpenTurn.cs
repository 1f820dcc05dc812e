using System.Globalization;
using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Turns;

/// <summary>A turn that is not over.</summary>
/// <param name="Turn">Its number: the seq of the user's message. A JSON integer below 2^48.</param>
/// <param name="Session">Its session.</param>
/// <param name="Page">The page of the session that the user's message stands in.</param>
/// <param name="Attempt">Runs of the model so far; 0: it waits for an earlier turn of its session.</param>
/// <param name="LeaseUntil">When the run that works on it is given up, unless it says before that it lives. No meaning while it waits.</param>
/// <param name="CreatedAt">When the user's message was stored.</param>
/// <param name="Deadline">When it ends without an answer. No meaning while it waits.</param>
/// <param name="Tool">The tool that its message calls and whose result is the answer; null: a model answers.</param>
public sealed record OpenTurn(
    long Turn, string Session, int Page, int Attempt, DateTimeOffset LeaseUntil, DateTimeOffset CreatedAt, DateTimeOffset Deadline, string? Tool)
{
    /// <summary>Holds that this run has taken, one for each try of a call of the model; the last one may be open. 0: none.</summary>
    [JsonRequired]
    public int Call { get; init; }

    /// <summary>What the tries before the last one have cost in this run, USD micro-units.</summary>
    [JsonRequired, JsonConverter(typeof(DecimalStringConverter))]
    public long SpentMicroUsd { get; init; }

    /// <summary>Runs before the last pause: they are not among those that a turn may have at most.</summary>
    [JsonRequired]
    public int PastAttempts { get; init; }

    /// <summary>Why it waits until there is budget; null: it does not.</summary>
    [JsonRequired]
    public TurnPause? Pause { get; init; }

    /// <summary>True while it waits for an earlier turn of its session.</summary>
    internal bool IsQueued => Attempt == 0;

    /// <summary>True while a run works on it, or is to.</summary>
    internal bool IsRunning => !IsQueued && Pause is null;

    /// <summary>Runs since its message was stored or its last pause ended.</summary>
    internal int Attempts => Attempt - PastAttempts;

    /// <summary>The id of the run's last hold.</summary>
    internal string HoldId => string.Create(CultureInfo.InvariantCulture, $"turn:{Turn}:{Attempt}:{Call}");

    /// <summary>Another run takes it.</summary>
    internal OpenTurn RunAgain(TurnRules rules, DateTimeOffset now) => this with { Attempt = Attempt + 1, LeaseUntil = now + rules.Lease, Call = 0, SpentMicroUsd = 0 };

    /// <summary>Another run takes it after a pause, with all the time and as many runs as the first one had.</summary>
    internal OpenTurn Resume(TurnRules rules, DateTimeOffset now) =>
        RunAgain(rules, now) with { Deadline = now + rules.Deadline, PastAttempts = Attempt, Pause = null };
}

/// <summary>A run of the model that is due.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run: what an earlier one still says is not listened to.</param>
public readonly record struct TurnRun(long Turn, int Attempt);
