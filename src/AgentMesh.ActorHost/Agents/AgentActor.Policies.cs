using System.Globalization;
using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using CorePolicyRefusals = AgentMesh.Agents.Policies.PolicyRefusals;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What the agent may pay, and what a person is asked about.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<AgentPolicy>> GetPolicy(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await CheckHeadAsync(cancellationToken) is { } refusal)
            return Refused<AgentPolicy>(refusal);
        return ToReply(await _records.LoadPolicyAsync(cancellationToken));
    });

    public Task<Reply<AgentPolicy>> SetPolicy(SetPolicy request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        // Nothing to take away, and no agent is made for it.
        if (request.Document is null && await _records.LoadHeadAsync(null, cancellationToken) is null && await _records.LoadPolicyAsync(cancellationToken) is null)
            return ToReply((PolicyRecord?)null);
        var now = _time.GetUtcNow();
        var head = await LoadHeadToWriteAsync(now, cancellationToken);
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var stored = await _records.LoadPolicyAsync(cancellationToken);
        var change = PolicyChanges.Set(inputs, stored, request.Document, _records.Epoch, now);
        if (change.IsRefused)
            return Refused<AgentPolicy>(change.Refusal) with { Errors = (change.Refusal as InvalidPolicy)?.Faults.ToErrors() };
        if (change.Value.Agent is { } agent)
        {
            await _records.SetAsync(change.Value.Policy, cancellationToken);
            await CommitAsync(inputs, head.Page, agent, [], cancellationToken);
        }

        return ToReply(change.Value.Policy);
    });

    public Task<Reply<PolicyEvaluation>> EvaluatePolicy(EvaluatePolicy request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await CheckHeadAsync(cancellationToken) is { } refusal)
            return Refused<PolicyEvaluation>(refusal);
        if (PolicyFacts.Create(DirectionOf(request.Direction), request.Payee, request.Host, request.Asset, request.AmountAtomic) is not { } payment)
            return Refused<PolicyEvaluation>(CorePolicyRefusals.InvalidPayment);
        var policy = _services.PolicyRules.InForce(await _records.LoadPolicyAsync(cancellationToken));
        var verdict = policy.Evaluate(payment, await _records.LoadSpendingAsync(cancellationToken), LedgerNow);
        var hold = await EvaluateHoldAsync(payment, request.SessionId, request.Tool, cancellationToken);
        return new Reply<PolicyEvaluation>(new PolicyEvaluation(verdict.EffectWord, verdict.RuleId, verdict.Reason, verdict.Detail, hold), null);
    });

    public Task<Reply<ApprovalList>> ListApprovals(ListApprovals request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await CheckHeadAsync(cancellationToken) is { } refusal)
            return Refused<ApprovalList>(refusal);
        var now = _time.GetUtcNow();
        var shown = (await _records.LoadApprovalsAsync(cancellationToken)).All.Select(approval => ToApproval(approval.At(now)));
        return new Reply<ApprovalList>(new ApprovalList([.. shown.Where(approval => request.State is null || approval.State == request.State)]), null);
    });

    public Task<Reply<PaymentApproval>> GetApproval(GetApproval request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await CheckHeadAsync(cancellationToken) is { } refusal)
            return Refused<PaymentApproval>(refusal);
        return (await _records.LoadApprovalsAsync(cancellationToken)).Find(request.ApprovalId, _time.GetUtcNow()) is { } approval
            ? new Reply<PaymentApproval>(ToApproval(approval), null)
            : Refused<PaymentApproval>(ApprovalRefusals.ApprovalNotFound);
    });

    public Task<Reply<PaymentApproval>> DecideApproval(DecideApproval request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await _records.LoadHeadAsync(null, cancellationToken) is not { } head)
            return Refused<PaymentApproval>(ApprovalRefusals.ApprovalNotFound);
        var now = _time.GetUtcNow();
        var inputs = await LoadTurnInputsAsync(head, cancellationToken);
        var table = await _records.LoadApprovalsAsync(cancellationToken);
        var change = ApprovalChanges.Decide(
            inputs, table, request.ApprovalId, request.Approve, _services.PolicyRules.ApprovalLifetime, _records.Epoch, now);
        if (change.IsRefused)
            return Refused<PaymentApproval>(change.Refusal);
        if (change.Value.Agent is { } agent)
            await CommitAsync(inputs, head.Page, agent, [], cancellationToken);
        return new Reply<PaymentApproval>(ToApproval(change.Value.Approval), null);
    });

    /// <returns>Why nothing of the agent is to be read; null: it may be, also when there is nothing.</returns>
    private async Task<Primitives.Refusal?> CheckHeadAsync(CancellationToken cancellationToken) =>
        await _records.LoadHeadAsync(null, cancellationToken) is { } head ? StoredConversation.CheckHead(head) : null;

    private Reply<AgentPolicy> ToReply(PolicyRecord? own) =>
        new(new AgentPolicy(_services.PolicyRules.InForce(own).ToJson(), own is null, own?.UpdatedAt), null);

    private static PaymentApproval ToApproval(Approval approval) => new(
        approval.Id, approval.StateWord, approval.Digest, approval.Payee, approval.Asset, approval.Network,
        approval.AmountAtomic.ToString(CultureInfo.InvariantCulture), approval.Host, approval.Url, approval.Reason, approval.CreatedAt, approval.ExpiresAt,
        approval.DecidedAt, approval.UsedAt);

    private static PaymentDirection? DirectionOf(string direction) => direction switch
    {
        PaymentDirections.In => PaymentDirection.In,
        PaymentDirections.Out => PaymentDirection.Out,
        _ => null,
    };
}
