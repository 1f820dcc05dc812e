using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>The task that one call may become. A tool takes it when its work goes on; where the agent has no room for it, the tool waits as for other clients.</summary>
internal sealed class TaskOffer(AgentCalls calls, AgentKey agent, string tool)
{
    /// <summary>The task that the call has become; null: it has not.</summary>
    public AgentTask? Taken { get; private set; }

    /// <summary>Makes a task of a message's turn. False: there is none.</summary>
    public Task<bool> TakeAsync(PostedMessage posted, CancellationToken cancellationToken) =>
        TakeAsync(new CreateTask(RequestId.New(), tool, TurnId: posted.TurnId), cancellationToken);

    /// <summary>Makes a task of a payment's work. False: there is none, because a payment that nobody has verified takes no room at the agent.</summary>
    public async Task<bool> TakeAsync(PurchaseOutcome outcome, CancellationToken cancellationToken) =>
        outcome is { PaymentId: { } payment, State: not PaymentStates.Received }
        && await TakeAsync(new CreateTask(RequestId.New(), tool, PaymentId: payment), cancellationToken);

    private async Task<bool> TakeAsync(CreateTask request, CancellationToken cancellationToken)
    {
        Taken = (await calls.CreateTaskAsync(agent, request, cancellationToken)).Value;
        return Taken is not null;
    }
}
