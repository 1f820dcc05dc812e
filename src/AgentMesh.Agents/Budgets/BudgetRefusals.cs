using AgentMesh.Primitives;

namespace AgentMesh.Agents.Budgets;

/// <summary>
/// Why the ledger says no, in order of precedence. The codes that reach clients are those of <c>AgentMesh.Contracts.Agents.AgentRefusals</c>; a test
/// holds them together.
/// </summary>
public static class BudgetRefusals
{
    /// <summary>No such hold, or one that is forgotten: a model's is when it is over, a payment's after <see cref="BudgetBounds.RetryTime"/>.</summary>
    public static Refusal HoldNotFound { get; } = new("hold_not_found", "The agent has no such hold.");

    /// <summary>The id is that of a hold that was asked for otherwise.</summary>
    public static Refusal HoldIdReused { get; } = new("hold_id_reused", "This id was used before for another hold.");

    /// <summary>What was voided cannot be spent.</summary>
    public static Refusal HoldVoided { get; } = new("hold_voided", "The hold was voided before.");

    /// <summary>What was spent cannot be voided.</summary>
    public static Refusal HoldPosted { get; } = new("hold_posted", "The hold was posted before.");

    /// <summary>A payment cannot cost more than its hold.</summary>
    public static Refusal HoldTooSmall { get; } = new("hold_too_small", "A payment cannot cost more than is held for it.");

    /// <summary>As many as there may be.</summary>
    public static Refusal TooManyHolds { get; } = new(
        "too_many_holds", $"The agent has {BudgetBounds.OpenHolds} holds whose outcome is not known yet; it takes the next when one is.");

    /// <summary>Not a scope.</summary>
    public static Refusal InvalidScope { get; } = Invalid("a scope is agent, session:{id} or tool:{name}");

    /// <summary>Not an asset.</summary>
    public static Refusal InvalidAsset { get; } = Invalid(
        "an asset is USD, or a token by its CAIP-19 name in lower case, such as eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e");

    /// <summary>Not a window.</summary>
    public static Refusal InvalidWindow { get; } = Invalid(
        "a window is once, rolling:24h, rolling:90m (1m to 744h), or calendar:day:ZONE, calendar:week:ZONE, calendar:month:ZONE of an IANA zone that this system knows");

    /// <summary>Not an amount.</summary>
    public static Refusal InvalidAmount { get; } = Invalid("a limit is a whole number of atomic units, as text of decimal digits, below 2^128");

    /// <summary>Two limits on the same.</summary>
    public static Refusal LimitTwice { get; } = Invalid("each scope, asset and window has one limit");

    /// <summary>More limits than an agent keeps.</summary>
    public static Refusal TooManyLimits { get; } = Invalid($"an agent has at most {BudgetBounds.Limits} limits");

    private static Refusal Invalid(string what) => new("invalid_budget", $"The budget is invalid: {what}.");

    /// <summary>Nothing says how much of the asset the agent may spend.</summary>
    internal static BudgetRefusal NoLimit(string asset) => new(
        "budget_no_limit",
        $"The agent has no limit of its own on {asset}, and spends nothing that has none.",
        new BudgetShortage(BudgetScopes.Agent, asset, null, 0, null));

    /// <summary>A model has cost more than was held for it.</summary>
    internal static BudgetRefusal Locked(BudgetShortage shortage) => new(
        "budget_locked",
        $"A model has cost more than was held for it: {shortage.Scope} spends no {shortage.Asset} until its window {shortage.Window} is over or an admin sets the limit anew.",
        shortage);

    /// <summary>It would take what is posted and held over the limit.</summary>
    internal static BudgetRefusal Exceeded(BudgetShortage shortage) => new(
        "budget_exceeded",
        $"The budget of {shortage.Scope} has {shortage.Available} atomic units of {shortage.Asset} left in its window {shortage.Window}, which is not enough.",
        shortage);
}

/// <summary>A refusal that says which budget is at its end.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">One sentence that is safe to show to the caller.</param>
/// <param name="Shortage">Where there is not enough.</param>
public sealed record BudgetRefusal(string Code, string Detail, BudgetShortage Shortage) : Refusal(Code, Detail);

/// <summary>Where there is not enough.</summary>
/// <param name="Scope">By what.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In which time; null: the scope has no limit at all.</param>
/// <param name="Available">How much there is, in atomic units.</param>
/// <param name="ResetsAt">When time alone will have made room; null: it will not.</param>
public sealed record BudgetShortage(string Scope, string Asset, string? Window, UInt128 Available, DateTimeOffset? ResetsAt);
