using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Invocation;

/// <summary>A process of an app of this machine, reached directly or through its own sidecar.</summary>
internal sealed class AppTarget(AppInstance caller, AppConnection target) : IInvocationTarget
{
    /// <inheritdoc/>
    public HttpRequestMessage CreateRequest(HttpRequest original, HttpContent? content, string pathAndQuery)
    {
        var request = target.Channel.CreateRequest(
            new HttpMethod(original.Method), target.IsRemote ? PeerApi.InvokePrefix + pathAndQuery : pathAndQuery);
        request.Content = content;
        if (caller.App.AppId != target.App.AppId)
            AddCaller(request, original.Host.Value ?? "");
        ForwardedHeaders.CopyTo(original.Headers, request);
        return request;
    }

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // As in daprd, an app that calls itself goes through no second sidecar.
        if (caller.App.AppId == target.App.AppId)
            return await SendUnmeasuredAsync(request, cancellationToken);
        var (from, to) = (caller.App.Metrics, target.App.Metrics);
        var started = from.Start();
        from.Service.InvocationSent(target.App.AppId);
        to.Service.InvocationReceived(caller.App.AppId);
        var response = await SendUnmeasuredAsync(request, cancellationToken);
        to.Service.InvocationAnswered(caller.App.AppId, (int)response.StatusCode);
        from.Service.InvocationCompleted(target.App.AppId, (int)response.StatusCode, from.ElapsedMs(started));
        return response;
    }

    private async Task<HttpResponseMessage> SendUnmeasuredAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await target.Channel.SendAsync(request, cancellationToken);
        if (!target.IsRemote || !PeerMessage.IsError(response))
            return response;
        using (response)
            throw new HttpRequestException(HttpRequestError.Unknown, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    // What daprd adds on the way to another app (dapr:pkg/messaging/direct_messaging.go).
    private void AddCaller(HttpRequestMessage request, string host)
    {
        request.Headers.TryAddWithoutValidation(PeerMessage.CallerAppId, caller.App.AppId);
        request.Headers.TryAddWithoutValidation("dapr-callee-app-id", target.App.AppId);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "127.0.0.1");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", host);
        request.Headers.TryAddWithoutValidation("Forwarded", $"for=127.0.0.1;by=127.0.0.1;host={host}");
    }
}
