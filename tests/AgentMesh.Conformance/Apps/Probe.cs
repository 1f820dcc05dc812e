using System.Threading.Channels;

namespace AgentMesh.Conformance.Apps;

/// <summary>One place of an app that the sidecar calls (an actor, a route): what came, in order, and what is answered.</summary>
public sealed class Probe
{
    /// <summary>For what has to come; a test that waits this long has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<AppRequest> _requests = Channel.CreateUnbounded<AppRequest>();
    private int _count;

    /// <summary>How many requests came.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Answers a request; 200 without a body until a test sets something else.</summary>
    public Func<HttpContext, AppRequest, Task> Handler { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The same answer to everything.</summary>
    public void Returns(int status, string body = "", string? contentType = null, params (string Name, string Value)[] headers) =>
        Handler = (context, _) => AnswerAsync(context, status, body, contentType, headers);

    /// <summary>One answer each, the last one for the rest.</summary>
    public void ReturnsInTurn(params (int Status, string Body)[] answers)
    {
        var next = -1;
        Handler = (context, _) =>
        {
            var (status, body) = answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)];
            return AnswerAsync(context, status, body, "application/json");
        };
    }

    /// <summary>Requests wait until the returned source is completed, or the sidecar gives them up.</summary>
    public TaskCompletionSource Holds()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Handler = (_, request) => release.Task.WaitAsync(request.Aborted);
        return release;
    }

    /// <summary>The next request.</summary>
    public async Task<AppRequest> NextAsync()
    {
        try
        {
            return await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The sidecar did not call within {Patience}; {Count} calls came before.");
        }
    }

    public static async Task AnswerAsync(HttpContext context, int status, string body, string? contentType = null, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        if (body.Length > 0)
            await context.Response.WriteAsync(body);
    }

    internal async Task HandleAsync(HttpContext context, AppRequest request)
    {
        // Taken first: the test hears of the request with the next line, and may set the answer to a later one at once.
        var handler = Handler;
        Interlocked.Increment(ref _count);
        _requests.Writer.TryWrite(request);
        try
        {
            await handler(context, request);
        }
        catch (OperationCanceledException) when (request.Aborted.IsCancellationRequested)
        {
            // The sidecar is gone; there is nobody to answer.
        }
    }
}
