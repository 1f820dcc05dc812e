using AgentMesh.Agents.Freezing;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>An operator stops the agent's spending at once, and lets it go on.</summary>
internal sealed partial class AgentActor
{
    private static readonly Refusal InvalidReason = new(SpendingRefusals.InvalidReason, $"A reason has 1 to {FreezeLimits.ReasonCharacters} characters.");

    public Task<Reply<AgentFreeze>> FreezeAgent(FreezeAgent request, CancellationToken cancellationToken) => request.Reason.Length is 0 or > FreezeLimits.ReasonCharacters
        ? Task.FromResult(Refused<AgentFreeze>(InvalidReason))
        : ChangeFreezeAsync((inputs, stored) => FreezeChanges.Freeze(inputs, stored, request.Reason, _records.Epoch, _time.GetUtcNow()), cancellationToken);

    public Task<Reply<AgentFreeze>> UnfreezeAgent(CancellationToken cancellationToken) =>
        ChangeFreezeAsync((inputs, stored) => FreezeChanges.Unfreeze(inputs, stored, _records.Epoch, _time.GetUtcNow()), cancellationToken);

    public Task<Reply<AgentFreeze>> GetFreeze(CancellationToken cancellationToken) => TurnAsync(async () =>
        new Reply<AgentFreeze>(ToFreeze(await _records.LoadFreezeAsync(cancellationToken)), null));

    /// <summary>
    /// Why the agent spends nothing; null: it may. Asked in every turn that grants a hold, right before the ledger is: from memory but for the first
    /// time in an activation.
    /// </summary>
    private async ValueTask<Refusal?> WhyNotToSpendAsync(CancellationToken cancellationToken) =>
        await _records.LoadFreezeAsync(cancellationToken) is not null ? FreezeRefusals.AgentFrozen : _services.TenantGate.Check(Id.GetId());

    private Task<Reply<AgentFreeze>> ChangeFreezeAsync(Func<TurnInputs?, FreezeRecord?, FreezeChange?> change, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var stored = await _records.LoadFreezeAsync(cancellationToken);
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        var inputs = head is null ? null : await LoadTurnInputsAsync(head, cancellationToken);
        if (change(inputs, stored) is not { } after)
            return new Reply<AgentFreeze>(ToFreeze(stored), null);
        if (head is not null && after.Agent is { } agent)
            after = after with { Agent = await WithEventsAsync(head, agent, cancellationToken) };
        await _records.StoreAsync(head, after, cancellationToken);
        if (inputs is not null)
            Committed(inputs, after.Agent, []);
        return new Reply<AgentFreeze>(ToFreeze(after.Freeze), null);
    });

    private static AgentFreeze ToFreeze(FreezeRecord? freeze) => freeze is null ? new AgentFreeze(false) : new AgentFreeze(true, freeze.Reason, freeze.At);
}
