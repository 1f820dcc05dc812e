using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Sidecar.Invocation;

/// <summary>
/// Service invocation between the apps of this machine: <c>/v1.0/invoke/{app}/method/{path}</c> and, for any other path, the header
/// <c>dapr-app-id</c>. Status, headers and body of the app are streamed through, 4xx and 5xx too.
/// </summary>
internal sealed class ServiceInvocation(HostDirectory hosts, ResiliencyPolicies policies)
{
    private int _next;

    /// <param name="context">The caller's request.</param>
    /// <param name="caller">Whose sidecar was asked.</param>
    /// <param name="targetApp">The app id asked for.</param>
    /// <param name="methodSegments">The escaped segments of the method's path.</param>
    public async Task HandleAsync(HttpContext context, AppInstance caller, string targetApp, IEnumerable<string> methodSegments)
    {
        var aborted = context.RequestAborted;
        if (caller.Connection is null)
        {
            await DaprError.DirectInvoke("invoke API is not ready").WriteAsync(context.Response, aborted);
            return;
        }

        // dapr:pkg/messaging/method: the decoded text is what the app gets.
        var method = string.Join('/', methodSegments.Select(RequestPath.Unescape));
        if (method.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            await DaprError.DirectInvoke($"failed to invoke, id: {targetApp}, err: invalid method name").WriteAsync(context.Response, aborted);
            return;
        }

        var query = context.Request.QueryString.Value;
        using var response = await SendAsync(context, caller, targetApp, $"/{EscapePath(method)}{query}", aborted);
        if (response is not null)
            await StreamAsync(response, context.Response, aborted);
    }

    private static string EscapePath(string path) => new PathString("/" + path).ToUriComponent()[1..];

    private async Task<HttpResponseMessage?> SendAsync(HttpContext context, AppInstance caller, string targetApp, string pathAndQuery, CancellationToken aborted)
    {
        // A chunked body is streamed and can be sent once only.
        var replayable = context.Request.ContentLength is not null || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
        using var body = replayable ? await RequestBody.ReadAsync(context.Request, aborted) : default;
        var retriesStatuses = ResiliencyPolicies.RetriesStatuses(caller.App, targetApp);
        var failure = "the target's circuit breaker is open or its timeout is over";
        var attempt = await policies.ForInvocation(caller.App, targetApp).RunAsync(OnceAsync, aborted);
        if (attempt.Value is HttpResponseMessage answer)
            return answer;
        await DaprError.DirectInvoke($"failed to invoke, id: {targetApp}, err: {failure}").WriteAsync(context.Response, aborted);
        return null;

        async ValueTask<Attempt> OnceAsync(CancellationToken cancellationToken)
        {
            if (Choose(targetApp) is not { } target)
            {
                failure = $"couldn't find service: {targetApp}";
                return Failed(mayRetry: true);
            }

            var request = CreateRequest(context.Request, caller, target, pathAndQuery);
            request.Content = replayable ? new ReadOnlyMemoryContent(body.Memory) : new StreamContent(context.Request.Body);
            ForwardedHeaders.CopyTo(context.Request.Headers, request);
            try
            {
                var response = await target.Channel.SendAsync(request, cancellationToken);
                var status = (int)response.StatusCode;
                // A final failure goes to the caller all the same; it counts for the circuit breaker.
                return new Attempt(
                    status is >= 200 and <= 399 ? AttemptOutcome.Success : replayable && retriesStatuses ? AttemptOutcome.Failed : AttemptOutcome.Final, status, response);
            }
            catch (HttpRequestException exception)
            {
                failure = exception.Message;
                // Only a refused connection is sure not to have reached the app; a policy of the user's own decides otherwise.
                return Failed(retriesStatuses || exception.HttpRequestError == HttpRequestError.ConnectionError);
            }
        }

        Attempt Failed(bool mayRetry) => new(replayable && mayRetry ? AttemptOutcome.Failed : AttemptOutcome.Final);
    }

    private static HttpRequestMessage CreateRequest(HttpRequest original, AppInstance caller, AppConnection target, string pathAndQuery)
    {
        var request = target.Channel.CreateRequest(new HttpMethod(original.Method), pathAndQuery);
        if (caller.App.AppId == target.App.AppId)
            return request;
        // What daprd adds on the way to another app (dapr:pkg/messaging/direct_messaging.go).
        var host = original.Host.Value ?? "";
        request.Headers.TryAddWithoutValidation("dapr-caller-app-id", caller.App.AppId);
        request.Headers.TryAddWithoutValidation("dapr-callee-app-id", target.App.AppId);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "127.0.0.1");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", host);
        request.Headers.TryAddWithoutValidation("Forwarded", $"for=127.0.0.1;by=127.0.0.1;host={host}");
        return request;
    }

    private static async Task StreamAsync(HttpResponseMessage from, HttpResponse to, CancellationToken aborted)
    {
        to.StatusCode = (int)from.StatusCode;
        ForwardedHeaders.CopyTo(from, to.Headers);
        to.ContentLength = from.Content.Headers.ContentLength;
        // Copied as it comes: the body stream flushes each write, so server-sent events arrive one by one.
        await from.Content.CopyToAsync(to.Body, aborted);
    }

    // Round robin over the app's processes.
    private AppConnection? Choose(string appId)
    {
        var connections = hosts.Connections.Where(connection => connection.IsAlive && connection.App.AppId == appId).ToList();
        return connections.Count == 0 ? null : connections[(int)((uint)Interlocked.Increment(ref _next) % (uint)connections.Count)];
    }
}
