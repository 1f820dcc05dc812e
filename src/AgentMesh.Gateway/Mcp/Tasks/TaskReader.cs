using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Mcp.Selling;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Gateway.Selling;
using AgentMesh.Primitives;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>What there is to say of a task: what its turn, or the payment that it is worked on for, has come to.</summary>
internal sealed class TaskReader(PaymentsClient payments, PaidMcpTools paid, McpEndpointOptions options)
{
    private const string Complete = "complete";

    private static readonly JsonTypeInfo<CallToolResult> ResultType = (JsonTypeInfo<CallToolResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult));

    /// <summary>As the answer of the call that has become it.</summary>
    public TaskResult Begun(AgentTask task) => Say(task, "task", TaskStatuses.Working, null, task.CreatedAt);

    /// <summary>As the answer of <c>tasks/get</c>.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="task">The task.</param>
    /// <param name="revision">The client's.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task<TaskResult> ReadAsync(AgentKey agent, AgentTask task, string? revision, CancellationToken cancellationToken) => task switch
    {
        { Turn: { } turn } => OfTurn(task, turn, revision),
        { PaymentId: { } payment } => await OfPaymentAsync(agent, task, await payments.ReadOutcomeAsync(payment, cancellationToken), revision, cancellationToken),
        _ => throw new InvalidOperationException("The task has neither turn nor payment."),
    };

    private TaskResult OfTurn(AgentTask task, Turn turn, string? revision) => turn switch
    {
        { Status: TurnStatus.Canceled } => Say(task, Complete, TaskStatuses.Cancelled, turn.Error?.Detail, task.CreatedAt),
        // Not the end of it, though a call that waits is told so: there may be budget later.
        { Pause: { } pause } => Say(task, Complete, TaskStatuses.Working, $"It waits for budget. {pause.Detail}", pause.At),
        _ when SendMessageTool.Answer(turn) is { } output => Completed(
            task, McpResults.Of(output, revision), turn.Answer is { } answer ? DateTimeOffset.FromUnixTimeMilliseconds(answer.At) : task.CreatedAt),
        _ => Say(task, Complete, TaskStatuses.Working, null, task.CreatedAt),
    };

    private async Task<TaskResult> OfPaymentAsync(AgentKey agent, AgentTask task, PurchaseOutcome? outcome, string? revision, CancellationToken cancellationToken) => outcome switch
    {
        { IsOver: true } => Completed(task, await paid.AnswerAsync(agent, task.Tool, outcome, revision, cancellationToken), task.CreatedAt),
        { State: PaymentStates.Unknown } => Say(task, Complete, TaskStatuses.Working, "Whether the payment was settled is not known yet; it is being looked for.", task.CreatedAt),
        null => Say(task, Complete, TaskStatuses.Working, "Where the payment stands cannot be said at the moment.", task.CreatedAt),
        _ => Say(task, Complete, TaskStatuses.Working, null, task.CreatedAt),
    };

    private TaskResult Completed(AgentTask task, CallToolResult result, DateTimeOffset at) =>
        Say(task, Complete, TaskStatuses.Completed, null, at, JsonSerializer.SerializeToElement(result, ResultType));

    private TaskResult Say(AgentTask task, string resultType, string status, string? message, DateTimeOffset at, JsonElement? result = null) => new()
    {
        ResultType = resultType,
        TaskId = task.TaskId,
        Status = status,
        StatusMessage = message,
        CreatedAt = task.CreatedAt,
        LastUpdatedAt = at < task.CreatedAt ? task.CreatedAt : at,
        TtlMs = (long)(task.ExpiresAt - task.CreatedAt).TotalMilliseconds,
        PollIntervalMs = (long)options.TaskPollInterval.TotalMilliseconds,
        Result = result,
    };
}
