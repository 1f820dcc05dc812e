using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Turns;
using AgentMesh.Primitives;
using FluentValidation;
using ModelContextProtocol.Protocol;
using RequestId = AgentMesh.Gateway.Edge.RequestId;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>
/// <c>send_message</c>: <c>POST /agent/{userId}/message</c>, with its limits and events. A turn that takes longer than clients wait is answered with its
/// id, and the same call with the same key waits on.
/// </summary>
internal sealed class SendMessageTool(MessagePosts posts, TurnWaits waits, IValidator<MessageRequest> validator, McpEndpointOptions options) : IMcpTool
{
    public Tool Definition { get; } = McpToolFile.Read("send_message");

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var request = new MessageRequest(call.Arguments.Text("content"), call.Arguments.Text("sessionId"), call.Arguments.Text("ifBusy"));
        if (validator.Validate(request).Errors is [var wrong, ..])
            return new Refusal(wrong.ErrorCode, wrong.ErrorMessage);
        var message = new PostMessage(request.Content, request.SessionId, RequestId.New(), call.IdempotencyKey, request.IfBusy);
        var reply = await posts.PostAsync(call.Agent, message, cancellationToken);
        if (reply.Value is not { } posted)
            return RefusalOf(reply);
        return posted.IsPending ? await WaitAsync(call, posted, cancellationToken) : Output(MessageOutput.Of(posted));
    }

    /// <summary>What the tool answers when the turn is over, or waits for budget; null: it is not.</summary>
    public static Result<McpAnswer>? Answer(Turn? turn) => turn switch
    {
        { Answer: { } answer } => Output(MessageOutput.Of(answer)),
        { Status: TurnStatus.Failed or TurnStatus.Canceled or TurnStatus.Paused } => TurnEndpoints.RefusalOf(turn),
        _ => null,
    };

    private async Task<Result<McpAnswer>> WaitAsync(McpCall call, PostedMessage posted, CancellationToken cancellationToken)
    {
        var turn = await waits.WaitAsync(call.Agent, posted, call.Task is null ? options.AnswerTimeout : options.WaitForTask, cancellationToken);
        if (call.Task is { } task && Answer(turn.Value) is null && !await task.TakeAsync(posted, cancellationToken))
            turn = await waits.WaitAsync(call.Agent, posted, options.AnswerTimeout - options.WaitForTask, cancellationToken);
        // Not over, or the agent cannot be asked: what is certain is that the message is stored.
        return Answer(turn.Value) ?? Output(MessageOutput.Of(posted) with { Status = turn.Value?.Status ?? TurnStatus.Queued });
    }

    private static Refusal RefusalOf(Reply<PostedMessage> reply)
    {
        var refusal = reply.ToResult().Refusal!;
        return refusal.Code == AgentRefusals.RateLimited && reply.RateLimit is { } limit
            ? new WaitingRefusal(refusal, limit.ResetSeconds)
            : refusal;
    }

    private static McpAnswer Output(MessageOutput output) => McpAnswer.Of(output, GatewayJson.Answers.MessageOutput);
}
