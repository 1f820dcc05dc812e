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
internal sealed class TaskReader(McpToolbox toolbox, PaymentsClient payments, PaidMcpTools paid, McpEndpointOptions options)
{
    private const string Complete = "complete";

    private static readonly JsonTypeInfo<CallToolResult> ResultType = (JsonTypeInfo<CallToolResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult));

    private static readonly JsonTypeInfo<JsonRpcErrorDetail> ErrorType =
        (JsonTypeInfo<JsonRpcErrorDetail>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcErrorDetail));

    /// <summary>As the answer of the call that has become it.</summary>
    public TaskResult Begun(AgentTask task) => Say(task, "task", TaskStatuses.Working, null, task.CreatedAt);

    /// <summary>As the answer of <c>tasks/get</c>.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="task">The task.</param>
    /// <param name="revision">The client's.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task<TaskResult> ReadAsync(AgentKey agent, AgentTask task, string? revision, CancellationToken cancellationToken) => task switch
    {
        { Turn: { } turn } => OfTurn(agent, task, turn, revision),
        { PaymentId: { } payment } => await OfPaymentAsync(agent, task, await payments.ReadOutcomeAsync(payment, cancellationToken), revision, cancellationToken),
        _ => throw new InvalidOperationException("The task has neither turn nor payment."),
    };

    private TaskResult OfTurn(AgentKey agent, AgentTask task, Turn turn, string? revision) => turn switch
    {
        { Status: TurnStatus.Canceled } => Say(task, Complete, TaskStatuses.Cancelled, turn.Error?.Detail, task.CreatedAt),
        // Not the end of it, though a call that waits is told so: there may be budget later.
        { Pause: { } pause } => Say(task, Complete, TaskStatuses.Working, $"It waits for budget. {pause.Detail}", pause.At),
        { Status: TurnStatus.Queued or TurnStatus.Running } => Say(task, Complete, TaskStatuses.Working, null, task.CreatedAt),
        _ => Ended(agent, task, turn, revision),
    };

    private TaskResult Ended(AgentKey agent, AgentTask task, Turn turn, string? revision)
    {
        var at = turn.Answer is { } answer ? DateTimeOffset.FromUnixTimeMilliseconds(answer.At) : task.CreatedAt;
        try
        {
            // A later version of the gateway may lack the tool.
            var tool = toolbox.Find(agent, task.Tool) as ITurnTool ?? throw McpProblem.NoTool(task.Tool);
            return MessageTurns.Answer(tool, turn) is { } output
                ? Completed(task, McpResults.Of(output, revision), at)
                : throw new InvalidOperationException("The turn is over, and has neither answer nor error.");
        }
        catch (McpProtocolException exception)
        {
            var error = new JsonRpcErrorDetail { Code = (int)exception.ErrorCode, Message = exception.Message };
            return Say(task, Complete, TaskStatuses.Failed, exception.Message, at, error: JsonSerializer.SerializeToElement(error, ErrorType));
        }
    }

    private async Task<TaskResult> OfPaymentAsync(AgentKey agent, AgentTask task, PurchaseOutcome? outcome, string? revision, CancellationToken cancellationToken) => outcome switch
    {
        { IsOver: true } => Completed(task, await paid.AnswerAsync(agent, task.Tool, outcome, revision, cancellationToken), task.CreatedAt),
        { State: PaymentStates.Unknown } => Say(task, Complete, TaskStatuses.Working, "Whether the payment was settled is not known yet; it is being looked for.", task.CreatedAt),
        null => Say(task, Complete, TaskStatuses.Working, "Where the payment stands cannot be said at the moment.", task.CreatedAt),
        _ => Say(task, Complete, TaskStatuses.Working, null, task.CreatedAt),
    };

    private TaskResult Completed(AgentTask task, CallToolResult result, DateTimeOffset at) =>
        Say(task, Complete, TaskStatuses.Completed, null, at, JsonSerializer.SerializeToElement(result, ResultType));

    private TaskResult Say(AgentTask task, string resultType, string status, string? message, DateTimeOffset at, JsonElement? result = null, JsonElement? error = null) => new()
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
        Error = error,
    };
}
