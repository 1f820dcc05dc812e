using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Turns;
using AgentMesh.Primitives;
using FluentValidation;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>
/// Work of tools that is a turn: <c>POST /agent/{userId}/message</c>, with its limits and events. A turn that takes longer than clients wait is answered with
/// its id, and the same call with the same key waits on; of a client that takes tasks it becomes one.
/// </summary>
internal sealed class MessageTurns(MessagePosts posts, TurnWaits waits, IValidator<MessageRequest> validator, McpEndpointOptions options)
{
    /// <summary>Sends a message and waits for its answer.</summary>
    /// <param name="tool">Says what the answer is.</param>
    /// <param name="call">Whose agent, and the task that the call may become.</param>
    /// <param name="request">The message.</param>
    /// <param name="cancellationToken">Ends with the caller, or when the time is up; the turn goes on.</param>
    public async Task<Result<McpAnswer>> RunAsync(ITurnTool tool, McpCall call, MessageRequest request, CancellationToken cancellationToken)
    {
        if (validator.Validate(request).Errors is [var wrong, ..])
            return new Refusal(wrong.ErrorCode, wrong.ErrorMessage);
        var message = new PostMessage(request.Content, request.SessionId, RequestId.New(), call.IdempotencyKey, request.IfBusy);
        var reply = await posts.PostAsync(call.Agent, message, MessageTransports.Mcp, cancellationToken);
        if (reply.Value is not { } posted)
            return RefusalOf(reply);
        if (call.Task is { IsResumed: true } task)
            return await task.TakeAsync(posted, cancellationToken) ? McpAnswer.Text(posted.TurnId) : task.Refused!;
        return posted.IsPending ? await WaitAsync(tool, call, posted, cancellationToken) : tool.AnswerOf(posted, TurnStatus.Completed);
    }

    /// <summary>What a tool answers when the turn is over, or waits for budget; null: it is not.</summary>
    public static Result<McpAnswer>? Answer(ITurnTool tool, Turn? turn) => turn switch
    {
        { Answer: { } answer } => tool.AnswerOf(answer, TurnStatus.Completed),
        { Status: TurnStatus.Failed or TurnStatus.Canceled or TurnStatus.Paused } => TurnEndpoints.RefusalOf(turn),
        _ => null,
    };

    private async Task<Result<McpAnswer>> WaitAsync(ITurnTool tool, McpCall call, PostedMessage posted, CancellationToken cancellationToken)
    {
        var turn = await waits.WaitAsync(call.Agent, posted, call.Task is null ? options.AnswerTimeout : options.WaitForTask, cancellationToken);
        if (call.Task is { } task && !IsOver(turn.Value) && !await task.TakeAsync(posted, cancellationToken))
            turn = await waits.WaitAsync(call.Agent, posted, options.AnswerTimeout - options.WaitForTask, cancellationToken);
        // Not over, or the agent cannot be asked: what is certain is that the message is stored.
        return Answer(tool, turn.Value) ?? tool.AnswerOf(posted, turn.Value?.Status ?? TurnStatus.Queued);
    }

    private static bool IsOver(Turn? turn) => turn is not (null or { Status: TurnStatus.Queued or TurnStatus.Running });

    private static Refusal RefusalOf(Reply<PostedMessage> reply)
    {
        var refusal = reply.ToResult().Refusal!;
        return refusal.Code == AgentRefusals.RateLimited && reply.RateLimit is { } limit
            ? new WaitingRefusal(refusal, limit.ResetSeconds)
            : refusal;
    }
}
