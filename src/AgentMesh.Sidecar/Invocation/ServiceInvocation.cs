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
    public async Task<IResult> HandleAsync(HttpContext context, AppInstance caller, string targetApp, IEnumerable<string> methodSegments)
    {
        // Who does not listen is not waited for.
        if (caller.Session is null && caller.App.AppPort != 0)
            return DaprError.DirectInvoke("invoke API is not ready");
        // dapr:pkg/messaging/method: the decoded text is what the app gets.
        if (AppPath.CleanMethod(string.Join('/', methodSegments.Select(RequestPath.Unescape))) is not { } method)
            return DaprError.DirectInvoke($"failed to invoke, id: {targetApp}, err: invalid method name");

        var query = context.Request.QueryString.Value;
        // A chunked body is streamed and can be sent once only.
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
        var replayable = !hasBody || context.Request.ContentLength is not null;
        var body = replayable ? await RequestBody.ReadAsync(context) : [];
        Func<HttpContent?> content = !hasBody ? () => null : replayable ? () => new ByteArrayContent(body) : () => new StreamContent(context.Request.Body);
        return await SendAsync(context, caller, targetApp, $"/{EscapePath(method)}{query}", content, replayable);
    }

    private static string EscapePath(string path) => new PathString("/" + path).ToUriComponent()[1..];

    private async Task<IResult> SendAsync(HttpContext context, AppInstance caller, string targetApp, string pathAndQuery, Func<HttpContent?> content, bool replayable)
    {
        var retriesStatuses = ResiliencyPolicies.RetriesStatuses(caller.App, targetApp);
        var failure = "the target's circuit breaker is open or its timeout is over";
        var attempt = await policies.ForInvocation(caller.App, targetApp).RunAsync(OnceAsync, context.RequestAborted);
        return attempt.Value is HttpResponseMessage answer ? new Streamed(answer) : DaprError.DirectInvoke($"failed to invoke, id: {targetApp}, err: {failure}");

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

    /// <summary>Passes an app's answer on.</summary>
    internal sealed class Streamed(HttpResponseMessage answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using (answer)
            {
                var response = httpContext.Response;
                response.StatusCode = (int)answer.StatusCode;
                ForwardedHeaders.CopyTo(answer, response.Headers);
                response.ContentLength = answer.Content.Headers.ContentLength;
                // Copied as it comes: the body stream flushes each write, so server-sent events arrive one by one.
                await answer.Content.CopyToAsync(response.Body, httpContext.RequestAborted);
            }
        }
    }
}
