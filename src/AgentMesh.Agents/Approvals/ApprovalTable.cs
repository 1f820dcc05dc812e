using System.Collections.Immutable;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Approvals;

/// <summary>An agent's approvals, oldest first. State key <c>approvals</c>; not there before the first one. Each verb is safe to repeat.</summary>
/// <param name="All">At most <see cref="ApprovalLimits.Pending"/> that wait, and <see cref="ApprovalLimits.Decided"/> others.</param>
public sealed record ApprovalTable(ImmutableArray<Approval> All)
{
    /// <summary>No approval.</summary>
    public static ApprovalTable Empty { get; } = new(ImmutableArray<Approval>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.ApprovalTable;

    /// <summary>The approval of an id as it stands; null when there is none.</summary>
    public Approval? Find(string id, DateTimeOffset now) => All.FirstOrDefault(approval => approval.Id == id)?.At(now);

    /// <summary>
    /// Asks for a payment. An approval of exactly its digest is used up by it; one that waits is waited for; one that was denied stands for as long as
    /// decisions do. Else a new one is opened. <see cref="ApprovalStep.IsGranted"/> says whether the payment may be made.
    /// </summary>
    /// <param name="request">The payment.</param>
    /// <param name="lifetime">How long a decision is waited for.</param>
    /// <param name="now">The time.</param>
    public Result<ApprovalStep> Ask(ApprovalRequest request, TimeSpan lifetime, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        now = now.WholeMilliseconds();
        if (All.FirstOrDefault(approval => approval.UsedBy == request.PaymentId && approval.Digest == request.Digest) is { } own)
            return new ApprovalStep(this, own, []);
        return All.LastOrDefault(approval => approval.Digest == request.Digest && approval.Stands(now)) switch
        {
            null => Open(request, lifetime, now),
            { State: ApprovalState.Denied } denied => ApprovalRefusals.Denied(denied),
            { State: ApprovalState.Approved } approved => Step(approved with { UsedAt = now, UsedBy = request.PaymentId }, ApprovalFacts.Used, now),
            var pending => new ApprovalStep(this, pending, []),
        };
    }

    /// <summary>Decides. The same decision again changes nothing; the other one is refused.</summary>
    /// <param name="id">The approval's id.</param>
    /// <param name="approve">True: the payment may be made.</param>
    /// <param name="lifetime">How long the decision stands.</param>
    /// <param name="now">The time.</param>
    public Result<ApprovalStep> Decide(string id, bool approve, TimeSpan lifetime, DateTimeOffset now)
    {
        now = now.WholeMilliseconds();
        if (Find(id, now) is not { } approval)
            return ApprovalRefusals.ApprovalNotFound;
        var decision = approve ? ApprovalState.Approved : ApprovalState.Denied;
        if (approval.State == ApprovalState.Pending)
        {
            var decided = approval with { State = decision, DecidedAt = now, ExpiresAt = now + lifetime };
            return Step(decided, ApprovalFacts.WordOf(decision), now);
        }

        // One that has expired was denied by that.
        return approval.State == decision || !approve && approval is { State: ApprovalState.Expired, DecidedAt: null }
            ? new ApprovalStep(this, approval, [])
            : ApprovalRefusals.ApprovalDecided(approval);
    }

    private Result<ApprovalStep> Open(ApprovalRequest request, TimeSpan lifetime, DateTimeOffset now)
    {
        if (All.Count(other => other.At(now).State == ApprovalState.Pending) >= ApprovalLimits.Pending)
            return ApprovalRefusals.TooManyApprovals;
        var payment = request.Payment.ToCanonical() ?? throw new ArgumentException("The payment was not judged.", nameof(request));
        var approval = new Approval(
            // One per payment that had to ask: the digest alone would give the next one the id of this one.
            SessionId.Of($"approval:{request.Digest}:{request.PaymentId}:{now.ToUnixTimeMilliseconds()}", null),
            request.Digest, payment.Payee, payment.Asset, payment.Network, payment.AmountAtomic, payment.Host,
            request.Url is null ? null : Utf16Text.Cut(request.Url, ApprovalLimits.ShownText), Utf16Text.Cut(request.Reason, ApprovalLimits.ShownText),
            now, now + lifetime, ApprovalState.Pending, null, null, null);
        return (this with { All = All.Add(approval) }).Step(approval, ApprovalFacts.WordOf(approval.State), now);
    }

    /// <summary>The table with that approval, with what has expired since the last write, and without what is too old.</summary>
    private ApprovalStep Step(Approval approval, string status, DateTimeOffset now)
    {
        var facts = ImmutableArray.CreateBuilder<FactEntry>();
        var all = ImmutableArray.CreateBuilder<Approval>(All.Length);
        foreach (var stored in All)
        {
            var current = stored.Id == approval.Id ? approval : stored.At(now);
            if (current.State != stored.State && current.Id != approval.Id)
                facts.Add(ApprovalFacts.Of(current, now));
            if (current.Id == approval.Id || current.ExpiresAt + ApprovalLimits.Kept > now)
                all.Add(current);
        }

        facts.Add(ApprovalFacts.Of(approval, status, now));
        return new ApprovalStep(this with { All = Bound(all.ToImmutable(), approval, now) }, approval, facts.ToImmutable());
    }

    /// <summary>Of those that do not wait the oldest go, and first those that no longer say anything.</summary>
    private static ImmutableArray<Approval> Bound(ImmutableArray<Approval> all, Approval newest, DateTimeOffset now)
    {
        var others = all.Where(approval => approval.State != ApprovalState.Pending && approval.Id != newest.Id).ToArray();
        var tooMany = others.Length + (newest.State == ApprovalState.Pending ? 0 : 1) - ApprovalLimits.Decided;
        return all.RemoveRange(others.OrderBy(approval => approval.Stands(now)).Take(tooMany));
    }
}
