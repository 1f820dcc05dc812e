using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mail;
using AgentMesh.Primitives;
using FluentValidation;
using ModelContextProtocol.Protocol;
using RequestId = AgentMesh.Gateway.Edge.RequestId;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>
/// <c>send_to_agent</c>: <c>POST /agent/{userId}/send</c> to one agent. It waits no longer for the answer than tools do; the same call with the same key waits on.
/// </summary>
internal sealed class SendToAgentTool(MailSends sends, MailWaits waits, IValidator<SendRequest> validator, McpEndpointOptions options) : IMcpTool
{
    public Tool Definition { get; } = McpToolFile.Read("send_to_agent");

    public async Task<Result<McpAnswer>> RunAsync(McpCall call, CancellationToken cancellationToken)
    {
        var given = call.Arguments;
        var request = new SendRequest(Element(given.Text("to")), given.Text("content"), null, null, null);
        if (validator.Validate(request).Errors is [var wrong, ..])
            return new Refusal(wrong.ErrorCode, wrong.ErrorMessage);
        var reply = await sends.SendAsync(call.Agent, request.ToContract(call.Agent, RequestId.New(), call.IdempotencyKey), cancellationToken);
        if (reply.Value is not { MessageIds: [var id, ..] })
            return RefusalOf(reply.ToResult().Refusal!, reply.RateLimit);
        var over = given.Number("await") is { } seconds ? await waits.WaitAsync(call.Agent, id, LongestOf(seconds), cancellationToken) : null;
        return McpAnswer.Of(over is null ? new SendResponse(id) : SendResponse.Of(over), GatewayJson.Answers.SendResponse);
    }

    private TimeSpan LongestOf(long seconds) => TimeSpan.FromSeconds(seconds) < options.AnswerTimeout ? TimeSpan.FromSeconds(seconds) : options.AnswerTimeout;

    private static JsonElement? Element(string? text) => text is null ? null : JsonSerializer.SerializeToElement(text, GatewayJson.Answers.String);

    private static Refusal RefusalOf(Refusal refusal, RateLimit? limit) =>
        refusal.Code == MailCodes.MailRateLimited && limit is not null ? new WaitingRefusal(refusal, limit.ResetSeconds) : refusal;
}
