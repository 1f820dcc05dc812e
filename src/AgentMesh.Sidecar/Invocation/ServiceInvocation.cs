using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Resiliency;
using AgentMesh.Sidecar.Runtime;
using Microsoft.AspNetCore.Http.Features;

namespace AgentMesh.Sidecar.Invocation;

/// <summary>
/// Service invocation of the apps of this machine and of foreign hosts: <c>/v1.0/invoke/{target}/method/{path}</c> and, for any other
/// path, the header <c>dapr-app-id</c>. Status, headers and body of the app are streamed through, 4xx and 5xx too.
/// </summary>
internal sealed class ServiceInvocation(TargetResolver targets, ResiliencyPolicies policies)
{
    /// <param name="context">The caller's request.</param>
    /// <param name="caller">Whose sidecar was asked.</param>
    /// <param name="targetApp">The app, endpoint or URL asked for.</param>
    /// <param name="methodSegments">The escaped segments of the method's path.</param>
    public async Task HandleAsync(HttpContext context, AppInstance caller, string targetApp, IEnumerable<string> methodSegments)
    {
        var aborted = context.RequestAborted;
        if (caller.Session is null)
        {
            await DaprError.DirectInvoke("invoke API is not ready").WriteAsync(context.Response, aborted);
            return;
        }

        // dapr:pkg/messaging/method: the decoded text is what the app gets.
        if (AppPath.CleanMethod(string.Join('/', methodSegments.Select(RequestPath.Unescape))) is not { } method)
        {
            await DaprError.DirectInvoke($"failed to invoke, id: {targetApp}, err: invalid method name").WriteAsync(context.Response, aborted);
            return;
        }

        var query = context.Request.QueryString.Value;
        // A chunked body is streamed and can be sent once only. A read one is given back after the answer: an app may answer first.
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
        var replayable = !hasBody || context.Request.ContentLength is not null;
        using var body = replayable ? await RequestBody.ReadAsync(context.Request, aborted) : default;
        Func<HttpContent?> content = !hasBody ? () => null : replayable ? () => new ReadOnlyMemoryContent(body.Memory) : () => new StreamContent(context.Request.Body);
        using var response = await SendAsync(context, caller, targetApp, $"/{EscapePath(method)}{query}", content, replayable, aborted);
        if (response is not null)
            await StreamAsync(response, context.Response, aborted);
    }

    private static string EscapePath(string path) => new PathString("/" + path).ToUriComponent()[1..];

    private async Task<HttpResponseMessage?> SendAsync(HttpContext context, AppInstance caller, string targetApp, string pathAndQuery, Func<HttpContent?> content, bool replayable, CancellationToken aborted)
    {
        var retriesStatuses = ResiliencyPolicies.RetriesStatuses(caller.App, targetApp);
        var failure = "the target's circuit breaker is open or its timeout is over";
        var attempt = await policies.ForInvocation(caller.App, targetApp).RunAsync(OnceAsync, aborted);
        if (attempt.Value is HttpResponseMessage answer)
            return answer;
        await DaprError.DirectInvoke($"failed to invoke, id: {targetApp}, err: {failure}").WriteAsync(context.Response, aborted);
        return null;

        async ValueTask<Attempt> OnceAsync(CancellationToken cancellationToken)
        {
            var (target, reason, final) = targets.Find(caller, targetApp);
            if (target is null)
            {
                failure = reason;
                return Failed(mayRetry: !final);
            }

            try
            {
                var response = await target.SendAsync(target.CreateRequest(context.Request, content(), pathAndQuery), cancellationToken);
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

    private static async Task StreamAsync(HttpResponseMessage from, HttpResponse to, CancellationToken aborted)
    {
        to.StatusCode = (int)from.StatusCode;
        ForwardedHeaders.CopyTo(from, to.Headers);
        to.ContentLength = from.Content.Headers.ContentLength;
        // Copied as it comes: the body stream flushes each write, so server-sent events arrive one by one.
        await from.Content.CopyToAsync(to.Body, aborted);
    }
}
