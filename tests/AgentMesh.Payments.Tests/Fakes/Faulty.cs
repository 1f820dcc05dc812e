using Microsoft.AspNetCore.Http;

namespace AgentMesh.Payments.Tests.Fakes;

/// <summary>Answers a call as a fault has it.</summary>
internal static class Faulty
{
    public static async Task AnswerAsync(HttpContext context, Fault fault, Func<Task> doAsync, CancellationToken over)
    {
        if (fault is Fault.None)
        {
            await doAsync();
            return;
        }

        if (fault is Fault.RefusedAfter or Fault.BrokenAfter or Fault.SilentAfter)
        {
            // What it would have answered goes nowhere.
            var answer = context.Response.Body;
            context.Response.Body = new MemoryStream();
            await doAsync();
            context.Response.Body = answer;
        }

        if (fault is Fault.BrokenBefore or Fault.BrokenAfter)
        {
            context.Abort();
            return;
        }

        if (fault is Fault.SilentAfter)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(over, context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
            context.Abort();
            return;
        }

        context.Response.Headers.Clear();
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync("""{"errorCode":"ERR_TEST","message":"asked to fail"}""", context.RequestAborted);
    }
}
