using System.Runtime.ExceptionServices;
using AgentMesh.X402.AspNetCore.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.X402.AspNetCore.Paying;

/// <summary>What a handler made of a request.</summary>
/// <param name="Answer">Its answer; null when there is none.</param>
/// <param name="IsTooLarge">It answered more than is kept.</param>
/// <param name="Fault">What it threw; null: nothing.</param>
internal sealed record HandlerRun(PaidAnswer? Answer, bool IsTooLarge, ExceptionDispatchInfo? Fault)
{
    /// <summary>Of a message, not of what it says.</summary>
    private static readonly string[] MessageHeaders = ["Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Date", "Server"];

    /// <summary>
    /// Runs a handler with its answer kept back; the response is afterwards as it was before. A client that hangs up does not end it: it has begun, is
    /// paid for, and whoever repeats the request gets its answer.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="handler">What answers it.</param>
    /// <param name="maxBytes">Of the answer.</param>
    /// <param name="deadline">What the handler sees as the end of the request.</param>
    public static async Task<HandlerRun> RunAsync(HttpContext context, RequestDelegate handler, int maxBytes, CancellationToken deadline)
    {
        var response = context.Response;
        var status = response.StatusCode;
        var headers = response.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase);
        using var bytes = new AnswerBuffer(maxBytes);
        var body = new StreamResponseBodyFeature(bytes);
        var features = Replace(context.Features, body, deadline);
        try
        {
            await handler(context).ConfigureAwait(false);
            await body.CompleteAsync().ConfigureAwait(false);
            return new HandlerRun(bytes.IsOver ? null : new PaidAnswer(response.StatusCode, HeadersOf(response, headers), bytes.ToArray()), bytes.IsOver, null);
        }
#pragma warning disable CA1031 // Whatever a stranger's handler throws, its payment must not stay claimed without a word; the caller throws it on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return new HandlerRun(null, bytes.IsOver, ExceptionDispatchInfo.Capture(fault));
        }
        finally
        {
            foreach (var (type, feature) in features)
                context.Features[type] = feature;
            response.StatusCode = status;
            response.Headers.Clear();
            foreach (var (name, value) in headers)
                response.Headers[name] = value;
        }
    }

    /// <returns>What was there before.</returns>
    private static Dictionary<Type, object?> Replace(IFeatureCollection features, StreamResponseBodyFeature body, CancellationToken deadline)
    {
        Dictionary<Type, object?> others = new()
        {
            [typeof(IHttpResponseBodyFeature)] = body,
            [typeof(IHttpRequestLifetimeFeature)] = new HttpRequestLifetimeFeature { RequestAborted = deadline },
            // An upgraded connection would be served before it is paid for.
            [typeof(IHttpUpgradeFeature)] = null,
            [typeof(IHttpWebSocketFeature)] = null,
            [typeof(IHttpExtendedConnectFeature)] = null,
        };
        var before = others.Keys.ToDictionary(type => type, type => features[type]);
        foreach (var (type, feature) in others)
            features[type] = feature;
        return before;
    }

    private static Dictionary<string, string[]> HeadersOf(HttpResponse response, Dictionary<string, StringValues> before)
    {
        var own = new Dictionary<string, string[]>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in response.Headers)
        {
            if (!MessageHeaders.Contains(name, StringComparer.OrdinalIgnoreCase) && !(before.TryGetValue(name, out var earlier) && earlier == value))
                own[name] = [.. value.OfType<string>()];
        }

        return own;
    }
}
