using System.Globalization;
using System.Text.Json.Serialization;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.State;
using AgentMesh.Agents.TenantBudgets;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Turns;

/// <summary>
/// Why a turn waits until there is budget. It keeps its place in its session; no lease and no deadline runs. It goes on by itself when there is
/// enough, whatever has made the room.
/// </summary>
/// <param name="At">Since when.</param>
/// <param name="Code">Why the ledger said no, as a code.</param>
/// <param name="Detail">Why, safe to show.</param>
/// <param name="Scope">Whose budget it is; null: no budget has refused it.</param>
/// <param name="Window">The window of its limit; null: there is no limit.</param>
/// <param name="Available">What is left in it, USD micro-units.</param>
/// <param name="ResetsAt">When time alone will have made room; null: it will not.</param>
/// <param name="NeededMicroUsd">What has to be there before another run begins: all that the last one has spent and what it was refused, so that a turn that cannot be paid for does not spend what there is again and again.</param>
/// <param name="TryAt">When to look again; null: when something else has changed.</param>
public sealed record TurnPause(
    DateTimeOffset At,
    string Code,
    string Detail,
    string? Scope,
    string? Window,
    [property: JsonConverter(typeof(AtomicAmountConverter))] UInt128 Available,
    DateTimeOffset? ResetsAt,
    [property: JsonConverter(typeof(DecimalStringConverter))] long NeededMicroUsd,
    DateTimeOffset? TryAt)
{
    /// <summary>Why a turn is paused, in one word for whatever the ledger's code is.</summary>
    internal const string Reason = "budget_reached";

    /// <summary>A pause that begins, or that goes on for another reason.</summary>
    internal static TurnPause Of(DateTimeOffset since, Refusal refusal, long neededMicroUsd, DateTimeOffset now)
    {
        var shortage = (refusal as BudgetRefusal)?.Shortage;
        // By the ledger's clock it may not be so late yet; and what is no matter of budget ends without a word.
        var soonest = now + TurnLimits.PauseRetry;
        // What a tenant has not, other processes may give back at any time.
        var tryAt = shortage is null or { Scope: TenantLedger.Scope } ? soonest : shortage.ResetsAt is { } resetsAt && resetsAt < soonest ? soonest : shortage.ResetsAt;
        return new TurnPause(
            since, refusal.Code, refusal.Detail, shortage?.Scope, shortage?.Window, shortage?.Available ?? 0, shortage?.ResetsAt, neededMicroUsd, tryAt);
    }

    internal FactEntry ToFact(OpenTurn turn, DateTimeOffset now) => FactEntry.Of(
        turn.Session,
        now,
        FactTypes.TurnPaused,
        ("turn", TurnId.Of(turn.Turn)),
        ("attempt", turn.Attempt),
        ("reason", Reason),
        ("code", Code),
        ("detail", Detail),
        ("scope", Scope),
        ("asset", Scope is null ? null : BudgetAssets.Usd),
        ("window", Window),
        ("available", Scope is null ? null : Available.ToString(CultureInfo.InvariantCulture)),
        ("needed", NeededMicroUsd.ToString(CultureInfo.InvariantCulture)),
        ("resetsAt", ResetsAt?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)));
}
