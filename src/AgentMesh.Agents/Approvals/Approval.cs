using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Approvals;

/// <summary>A payment that a person is asked about.</summary>
/// <param name="Id">26 characters, as session ids have.</param>
/// <param name="Digest">Of <see cref="ApprovalDigest"/>: exactly what may be paid.</param>
/// <param name="Payee">The address that is paid.</param>
/// <param name="Asset">CAIP-19.</param>
/// <param name="Network">CAIP-2.</param>
/// <param name="AmountAtomic">Atomic units.</param>
/// <param name="Host">The host that asks for it; null: none does.</param>
/// <param name="Url">What it is for, the beginning of it; null: no URL.</param>
/// <param name="Reason">Why it is asked, safe to show.</param>
/// <param name="CreatedAt">When it was asked.</param>
/// <param name="ExpiresAt">While undecided: when it counts as denied. Decided: until when the decision stands.</param>
/// <param name="State">Where it stands, as stored; see <see cref="At"/>.</param>
/// <param name="DecidedAt">When it was decided; null: it was not.</param>
/// <param name="UsedAt">When the payment was begun; null: it was not.</param>
/// <param name="UsedBy">The payment that was begun by it.</param>
public sealed record Approval(
    string Id,
    string Digest,
    string Payee,
    string Asset,
    string Network,
    UInt128 AmountAtomic,
    string? Host,
    string? Url,
    string Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    ApprovalState State,
    DateTimeOffset? DecidedAt,
    DateTimeOffset? UsedAt,
    string? UsedBy)
{
    /// <summary>The word of the state.</summary>
    [JsonIgnore]
    public string StateWord => ApprovalFacts.WordOf(State);

    /// <summary>As it stands at a time. Nothing has to happen for an approval to expire.</summary>
    public Approval At(DateTimeOffset now) =>
        ExpiresAt <= now && (State == ApprovalState.Pending || State == ApprovalState.Approved && UsedAt is null) ? this with { State = ApprovalState.Expired } : this;

    /// <summary>Whether it still says something of the next payment of its digest.</summary>
    internal bool Stands(DateTimeOffset now) => ExpiresAt > now && UsedAt is null;
}
