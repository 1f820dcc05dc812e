using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mcp.Arguments;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>The task that one call may become. A tool takes it when its work goes on; where the agent has no room for it, the tool waits as for other clients.</summary>
/// <param name="calls">Where the agent is.</param>
/// <param name="agent">Whose.</param>
/// <param name="tool">The tool that was called.</param>
/// <param name="id">The task that the call is, which asked something; null: it is none yet.</param>
internal sealed class TaskOffer(AgentCalls calls, AgentKey agent, string tool, string? id = null)
{
    private readonly string _id = id ?? RequestId.New();

    /// <summary>The call is a task already, which goes on with its answers: nobody waits for it, and its work is to be named before anything comes of it.</summary>
    public bool IsResumed { get; } = id is not null;

    /// <summary>The task that the call has become; null: it has not.</summary>
    public AgentTask? Taken { get; private set; }

    /// <summary>Why it has not; null: it has, or was not to.</summary>
    public Refusal? Refused { get; private set; }

    /// <summary>Makes a task of a message's turn. False: there is none.</summary>
    public Task<bool> TakeAsync(PostedMessage posted, CancellationToken cancellationToken) =>
        TakeAsync(new CreateTask(_id, tool, TurnId: posted.TurnId), cancellationToken);

    /// <summary>Makes a task of a payment's work. False: there is none.</summary>
    public async Task<bool> TakeAsync(PurchaseOutcome outcome, CancellationToken cancellationToken) =>
        outcome.PaymentId is { } payment && await TakeAsync(new CreateTask(_id, tool, PaymentId: payment), cancellationToken);

    /// <summary>Makes a task of a call that asks. False: there is none.</summary>
    public Task<bool> TakeAsync(McpQuestion question, McpArguments arguments, CancellationToken cancellationToken) =>
        TakeAsync(new CreateTask(_id, tool, Arguments: TaskInputs.Write(arguments), Asked: TaskInputs.Write(question)), cancellationToken);

    private async Task<bool> TakeAsync(CreateTask request, CancellationToken cancellationToken)
    {
        var created = await calls.CreateTaskAsync(agent, request, cancellationToken);
        (Taken, Refused) = (created.Value, created.Refusal);
        return Taken is not null;
    }
}
