using System.Net;
using System.Text;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary><c>GET|POST|PUT|DELETE /v1.0/actors/{type}/{id}/method/{method}</c>: one call, one turn, headers and body passed through.</summary>
internal sealed class ActorCall(ActorRouter router)
{
    private const string ReentrancyId = "Dapr-Reentrancy-Id";
    private const string ApiCall = "Dapr-API-Call";

    public async Task<IResult> HandleAsync(HttpContext context, AppInstance caller, ActorRef actor, string method)
    {
        if (!AppPath.IsName(actor.Type) || !AppPath.IsName(actor.Id) || AppPath.CleanMethod(method) is not { } cleaned)
            return DaprError.BadRequest($"invalid actor type, id or method: '{actor}', '{method}'");
        return await RunAsync(context, caller.App.AppId, actor, cleaned, isForwarded: false);
    }

    /// <summary>The same for another sidecar, which took this one for the actor's.</summary>
    public Task<IResult> HandleForwardedAsync(HttpContext context, ActorRef actor, string method) =>
        RunAsync(context, context.Request.Headers[PeerMessage.CallerAppId].ToString(), actor, method, isForwarded: true);

    private async Task<IResult> RunAsync(HttpContext context, string callerAppId, ActorRef actor, string method, bool isForwarded)
    {
        var headers = context.Request.Headers;
        var body = await RequestBody.ReadAsync(context);
        var (answer, error) = await router.RunTurnAsync(
            actor, headers[ReentrancyId], (host, newId, token) => CallAppAsync(headers, body, callerAppId, host, newId, actor, method, token),
            context.RequestAborted, isForwarded);
        return error ?? answer!;
    }

    private static async Task<IResult> CallAppAsync(
        IHeaderDictionary headers, byte[] body, string callerAppId, AppConnection host, string? newReentrancyId, ActorRef actor,
        string method, CancellationToken cancellationToken)
    {
        using var request = host.Channel.CreateRequest(HttpMethod.Put, $"{actor.AppPath}/method/{AppPath.Escape(method)}");
        request.Content = new ByteArrayContent(body);
        ForwardedHeaders.CopyTo(headers, request);
        request.Headers.Remove(ApiCall);
        request.Headers.TryAddWithoutValidation(ApiCall, "true");
        request.Headers.TryAddWithoutValidation(PeerMessage.CallerAppId, callerAppId);
        if (newReentrancyId is not null)
        {
            request.Headers.Remove(ReentrancyId);
            request.Headers.TryAddWithoutValidation(ReentrancyId, newReentrancyId);
        }

        try
        {
            using var response = await host.Channel.SendAsync(request, cancellationToken);
            // Read to the end inside the turn, written to the caller after it: a slow caller does not hold the actor.
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return host.IsRemote && PeerMessage.IsError(response) ? PeerMessage.ReadError(response, answer) : Answer(response, answer, method);
        }
        catch (HttpRequestException exception) when (!host.IsRemote)
        {
            return DaprError.ActorInvoke($"failed to reach the app: {exception.Message}");
        }
    }

    private static IResult Answer(HttpResponseMessage response, byte[] body, string method)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
            return DaprError.ActorInvoke($"actor method not found: {method}");
        if (response.StatusCode != HttpStatusCode.OK)
            return DaprError.ActorInvoke($"error from actor service: ({(int)response.StatusCode}) {Encoding.UTF8.GetString(body)}");
        var headers = new HeaderDictionary();
        ForwardedHeaders.CopyTo(response, headers);
        return new HttpAnswer(StatusCodes.Status200OK, body) { Headers = headers };
    }
}
