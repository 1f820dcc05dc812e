using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.Mcp.Selling;
using AgentMesh.Gateway.Mcp.Tools;
using AgentMesh.Gateway.Selling;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Tasks;

/// <summary>What there is to say of a task: what its turn, or the payment that it is worked on for, has come to.</summary>
internal sealed class TaskReader(McpToolbox toolbox, TaskRuns runs, PaymentsClient payments, PaidMcpTools paid, McpEndpointOptions options)
{
    private const string Complete = "complete";

    private static readonly JsonTypeInfo<CallToolResult> ResultType = (JsonTypeInfo<CallToolResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult));

    private static readonly JsonTypeInfo<JsonRpcErrorDetail> ErrorType =
        (JsonTypeInfo<JsonRpcErrorDetail>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcErrorDetail));

    /// <summary>As the answer of the call that has become it.</summary>
    public TaskResult Begun(AgentTask task)
    {
        var begun = Say(task, task.Input is null ? TaskStatuses.Working : TaskStatuses.InputRequired);
        begun.ResultType = "task";
        return begun;
    }

    /// <summary>As the answer of <c>tasks/get</c>.</summary>
    /// <param name="agent">Whose.</param>
    /// <param name="task">The task.</param>
    /// <param name="client">Who asks: its revision, and what it can be asked.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task<TaskResult> ReadAsync(AgentKey agent, AgentTask task, JsonRpcMessageContext? client, CancellationToken cancellationToken) => task switch
    {
        { Turn: { } turn } => OfTurn(agent, task, turn, client?.ProtocolVersion),
        { PaymentId: { } payment } => await OfPaymentAsync(agent, task, await payments.ReadOutcomeAsync(payment, cancellationToken), client?.ProtocolVersion, cancellationToken),
        { Input: { } input } => await OfInputAsync(agent, task, input, client, cancellationToken),
        _ => throw new InvalidOperationException("The task has neither turn nor payment."),
    };

    private TaskResult OfTurn(AgentKey agent, AgentTask task, Turn turn, string? revision) => turn switch
    {
        { Status: TurnStatus.Canceled } => Say(task, TaskStatuses.Cancelled, turn.Error?.Detail),
        // Not the end of it, though a call that waits is told so: there may be budget later.
        { Pause: { } pause } => Say(task, TaskStatuses.Working, $"It waits for budget. {pause.Detail}", pause.At),
        { Status: TurnStatus.Queued or TurnStatus.Running } => Say(task, TaskStatuses.Working),
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
            return Failed(task, exception, at);
        }
    }

    private async Task<TaskResult> OfInputAsync(AgentKey agent, AgentTask task, TaskInput input, JsonRpcMessageContext? client, CancellationToken cancellationToken)
    {
        if (input.IsCanceled)
            return Say(task, TaskStatuses.Cancelled);
        if (TaskInputs.OpenOf(input) is { } open)
            return Say(task, TaskStatuses.InputRequired, input: open);
        try
        {
            var (now, answer) = await runs.GoOnAsync(agent, task, input, client?.ClientCapabilities, cancellationToken);
            return (now, answer) switch
            {
                // Time ends it, and whoever looks next tries again: a task that is over stays so.
                (_, { Refusal: { } refusal }) when ProblemTypes.Of(refusal.Code).Status is StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError =>
                    Say(task, TaskStatuses.Working, McpResults.Say(refusal)),
                (_, { } output) => Completed(task, McpResults.Of(output, client?.ProtocolVersion), task.CreatedAt),
                ({ Turn: { } turn }, _) => OfTurn(agent, now, turn, client?.ProtocolVersion),
                ({ Input: { IsCanceled: false } further }, _) when TaskInputs.OpenOf(further) is { } asked => Say(now, TaskStatuses.InputRequired, input: asked),
                _ => Say(now, TaskStatuses.Working),
            };
        }
        catch (McpProtocolException exception)
        {
            return Failed(task, exception, task.CreatedAt);
        }
    }

    private async Task<TaskResult> OfPaymentAsync(AgentKey agent, AgentTask task, PurchaseOutcome? outcome, string? revision, CancellationToken cancellationToken) => outcome switch
    {
        { IsOver: true } => Completed(task, await paid.AnswerAsync(agent, task.Tool, outcome, revision, cancellationToken), task.CreatedAt),
        { State: PaymentStates.Unknown } => Say(task, TaskStatuses.Working, "Whether the payment was settled is not known yet; it is being looked for."),
        null => Say(task, TaskStatuses.Working, "Where the payment stands cannot be said at the moment."),
        _ => Say(task, TaskStatuses.Working),
    };

    private TaskResult Completed(AgentTask task, CallToolResult result, DateTimeOffset at) =>
        Say(task, TaskStatuses.Completed, null, at, result: JsonSerializer.SerializeToElement(result, ResultType));

    private TaskResult Failed(AgentTask task, McpProtocolException exception, DateTimeOffset at)
    {
        var error = new JsonRpcErrorDetail { Code = (int)exception.ErrorCode, Message = exception.Message };
        return Say(task, TaskStatuses.Failed, exception.Message, at, error: JsonSerializer.SerializeToElement(error, ErrorType));
    }

    private TaskResult Say(
        AgentTask task, string status, string? message = null, DateTimeOffset? at = null, JsonElement? result = null, JsonElement? error = null, JsonObject? input = null)
    {
        return new TaskResult
        {
            ResultType = Complete,
            TaskId = task.TaskId,
            Status = status,
            StatusMessage = message,
            CreatedAt = task.CreatedAt,
            LastUpdatedAt = at > task.CreatedAt ? at.Value : task.CreatedAt,
            TtlMs = (long)(task.ExpiresAt - task.CreatedAt).TotalMilliseconds,
            PollIntervalMs = (long)options.TaskPollInterval.TotalMilliseconds,
            Result = result,
            Error = error,
            InputRequests = input,
        };
    }
}
