using AgentMesh.Contracts.Tenants;
using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>What an agent may pay, and the payments that a person is asked about.</summary>
public interface IAgentPolicies : IActor
{
    /// <summary>Reads the policy in force.</summary>
    Task<Reply<AgentPolicy>> GetPolicy(CancellationToken cancellationToken);

    /// <summary>Sets a policy, or takes it away. Refused with <see cref="PolicyRefusals.InvalidPolicy"/> and <see cref="Reply{T}.Errors"/>.</summary>
    Task<Reply<AgentPolicy>> SetPolicy(SetPolicy request, CancellationToken cancellationToken);

    /// <summary>Says what the policy would say of a payment now, and whether the agent's budget would have it. Nothing is remembered of it.</summary>
    Task<Reply<PolicyEvaluation>> EvaluatePolicy(EvaluatePolicy request, CancellationToken cancellationToken);

    /// <summary>Reads the approvals, oldest first.</summary>
    Task<Reply<ApprovalList>> ListApprovals(ListApprovals request, CancellationToken cancellationToken);

    /// <summary>Reads one; refused with <see cref="PolicyRefusals.ApprovalNotFound"/>.</summary>
    Task<Reply<PaymentApproval>> GetApproval(GetApproval request, CancellationToken cancellationToken);

    /// <summary>
    /// Decides. The same decision again changes nothing; refused with <see cref="PolicyRefusals.ApprovalNotFound"/>, or
    /// <see cref="PolicyRefusals.ApprovalDecided"/> when it was decided the other way or has expired.
    /// </summary>
    Task<Reply<PaymentApproval>> DecideApproval(DecideApproval request, CancellationToken cancellationToken);
}

/// <summary>A policy.</summary>
/// <param name="Document">The document, JSON as text.</param>
/// <param name="IsDefault">It is the configured one: the agent has none of its own.</param>
/// <param name="UpdatedAt">When it was set; null for the configured one.</param>
public sealed record AgentPolicy(string Document, bool IsDefault, DateTimeOffset? UpdatedAt);

/// <summary>Sets a policy.</summary>
/// <param name="Document">The document, JSON as text; null: the configured one is in force again.</param>
public sealed record SetPolicy(string? Document);

/// <summary>Asks what the policy says of a payment.</summary>
/// <param name="Direction">One of <see cref="PaymentDirections"/>.</param>
/// <param name="Payee">The address that is paid.</param>
/// <param name="Host">The host that asks for it; null: none.</param>
/// <param name="Asset">CAIP-19 of the token.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="SessionId">The session it would be made in; null: none.</param>
/// <param name="Tool">The tool that would make it; null: none.</param>
public sealed record EvaluatePolicy(
    string Direction, string Payee, string? Host, string Asset, string AmountAtomic, string? SessionId = null, string? Tool = null);

/// <summary>What a policy says.</summary>
/// <param name="Effect">One of <see cref="PolicyEffects"/>.</param>
/// <param name="RuleId">The rule that says so; null when none does.</param>
/// <param name="Reason">One of <see cref="PolicyReasons"/>.</param>
/// <param name="Detail">One sentence.</param>
/// <param name="Hold">What the budget says; null: nothing, because nothing of a known asset would go out.</param>
public sealed record PolicyEvaluation(string Effect, string? RuleId, string Reason, string Detail, HoldEvaluation? Hold = null);

/// <summary>Whether a payment would get its hold, as far as the agent knows. What its tenant says is to be asked for beside it.</summary>
/// <param name="Asset">Of what, in its one spelling.</param>
/// <param name="Stop">Why it would get none; null: it would.</param>
/// <param name="Missing">What its process would ask the tenant for, because it has not enough in hand; atomic units, decimal digits.</param>
/// <param name="Lease">How it would ask; null: for a lease, because it has none.</param>
public sealed record HoldEvaluation(string Asset, SpendingStop? Stop, string Missing, TakeLease? Lease);

/// <summary>Asks for the approvals.</summary>
/// <param name="State">One of <see cref="ApprovalStates"/>; null for all.</param>
public sealed record ListApprovals(string? State);

/// <summary>Asks for an approval.</summary>
/// <param name="ApprovalId">Its id.</param>
public sealed record GetApproval(string ApprovalId);

/// <summary>Decides on an approval.</summary>
/// <param name="ApprovalId">Its id.</param>
/// <param name="Approve">True: the payment may be made, once.</param>
public sealed record DecideApproval(string ApprovalId, bool Approve);

/// <summary>An agent's approvals.</summary>
/// <param name="Approvals">Oldest first.</param>
public sealed record ApprovalList(IReadOnlyList<PaymentApproval> Approvals);

/// <summary>A payment that a person is asked about.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">One of <see cref="ApprovalStates"/>.</param>
/// <param name="Digest">SHA-256, lower case hex, of exactly what may be paid.</param>
/// <param name="Payee">The address that is paid.</param>
/// <param name="Asset">CAIP-19 of the token.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="Host">The host that asks for it; null: none.</param>
/// <param name="Url">What it is for, the beginning of it; null: no URL.</param>
/// <param name="Reason">Why it is asked.</param>
/// <param name="CreatedAt">When it was asked.</param>
/// <param name="ExpiresAt">While undecided: when it counts as denied. Decided: until when the decision stands.</param>
/// <param name="DecidedAt">When it was decided; null: it was not.</param>
/// <param name="UsedAt">When the payment was begun; null: it was not.</param>
public sealed record PaymentApproval(
    string Id, string State, string Digest, string Payee, string Asset, string Network, string AmountAtomic, string? Host, string? Url, string Reason,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? DecidedAt, DateTimeOffset? UsedAt);

/// <summary>What becomes of a payment.</summary>
public static class PolicyEffects
{
    /// <summary>It may be made.</summary>
    public const string Allow = "allow";

    /// <summary>A person is asked first.</summary>
    public const string Ask = "ask";

    /// <summary>It is not made.</summary>
    public const string Deny = "deny";
}

/// <summary>Why a policy says what it says.</summary>
public static class PolicyReasons
{
    /// <summary>What was asked about is no payment.</summary>
    public const string InvalidPayment = "invalid_payment";

    /// <summary>A rule holds.</summary>
    public const string Rule = "rule";

    /// <summary>The asset is not named, and is denied whatever else is said.</summary>
    public const string AssetNotListed = "asset_not_listed";

    /// <summary>No rule holds: the document's default.</summary>
    public const string Default = "default";
}

/// <summary>Where an approval stands.</summary>
public static class ApprovalStates
{
    /// <summary>Nobody has decided yet.</summary>
    public const string Pending = "pending";

    /// <summary>The payment may be made, once; or it was begun.</summary>
    public const string Approved = "approved";

    /// <summary>It may not be made.</summary>
    public const string Denied = "denied";

    /// <summary>Nobody decided in time, or what was approved was not made in time.</summary>
    public const string Expired = "expired";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Pending, Approved, Denied, Expired];
}
