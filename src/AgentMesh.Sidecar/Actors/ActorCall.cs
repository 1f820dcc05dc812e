using System.Net;
using System.Text;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary><c>GET|POST|PUT|DELETE /v1.0/actors/{type}/{id}/method/{method}</c>: one call, one turn, headers and body passed through.</summary>
internal sealed class ActorCall(ActorRouter router)
{
    private const string ReentrancyId = "Dapr-Reentrancy-Id";

    public async Task<IResult> HandleAsync(HttpContext context, AppInstance caller, ActorRef actor, string method)
    {
        if (!AppPath.IsName(actor.Type) || !AppPath.IsName(actor.Id) || AppPath.CleanMethod(method) is not { } cleaned)
            return DaprError.BadRequest($"invalid actor type, id or method: '{actor}', '{method}'");
        var headers = context.Request.Headers;
        var body = await RequestBody.ReadAsync(context);
        var (answer, error) = await router.RunTurnAsync(
            actor, headers[ReentrancyId], (host, newId, token) => CallAppAsync(headers, body, caller, host, newId, actor, cleaned, token), context.RequestAborted);
        return error ?? answer!;
    }

    private static async Task<IResult> CallAppAsync(
        IHeaderDictionary headers, byte[] body, AppInstance caller, AppConnection host, string? newReentrancyId, ActorRef actor,
        string method, CancellationToken cancellationToken)
    {
        using var request = host.Channel.CreateRequest(HttpMethod.Put, $"{actor.AppPath}/method/{AppPath.Escape(method)}");
        request.Content = new ByteArrayContent(body);
        ForwardedHeaders.CopyTo(headers, request);
        request.Headers.TryAddWithoutValidation("Dapr-API-Call", "true");
        request.Headers.TryAddWithoutValidation("dapr-caller-app-id", caller.App.AppId);
        if (newReentrancyId is not null)
        {
            request.Headers.Remove(ReentrancyId);
            request.Headers.TryAddWithoutValidation(ReentrancyId, newReentrancyId);
        }

        try
        {
            using var response = await host.Channel.SendAsync(request, cancellationToken);
            // Read to the end inside the turn, written to the caller after it: a slow caller does not hold the actor.
            return Answer(response, await response.Content.ReadAsByteArrayAsync(cancellationToken), method);
        }
        catch (HttpRequestException exception)
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
