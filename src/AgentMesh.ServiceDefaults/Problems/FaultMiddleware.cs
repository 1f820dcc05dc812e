using AgentMesh.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Problems;

/// <summary>
/// The edge where exceptions end: a problem without a word of the exception, in every environment. It stands inside the developer
/// exception page that <c>WebApplication</c> adds in Development, so that page never sees anything.
/// </summary>
internal sealed partial class FaultMiddleware(RequestDelegate next, ILogger<FaultMiddleware> logger)
{
    // nginx's code for "client closed request"; nobody reads it but access logs.
    private const int ClientClosedRequest = 499;

    private static readonly TimeSpan LeavingTime = TimeSpan.FromSeconds(1);

    private static readonly Refusal Fault = new(
        EdgeRefusals.InternalError, "The request failed for a reason that is in the service's log under this traceId.");

    private readonly ILogger _logger = logger;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            SayLeft(context);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await Problem.WriteAsync(context, Refuse(exception));
        }
        catch (Exception exception)
        {
            if (exception is IOException && await IsLeavingAsync(context))
            {
                SayLeft(context);
                return;
            }

            LogFault(exception, context.Request.Method);
            if (context.Response.HasStarted)
                context.Abort(); // A cut answer must not look like a complete one.
            else
                await Problem.WriteAsync(context, Fault);
        }
    }

    // The caller is gone; whatever its disappearance broke is not a fault.
    private static void SayLeft(HttpContext context)
    {
        if (!context.Response.HasStarted)
            context.Response.StatusCode = ClientClosedRequest;
    }

    /// <summary>Who leaves in the middle of a body over HTTP/2 breaks its reading first, and is said to have left by another thread a moment later.</summary>
    private static async Task<bool> IsLeavingAsync(HttpContext context)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
            return false;
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = context.RequestAborted.Register(left.SetResult);
        return await Task.WhenAny(left.Task, Task.Delay(LeavingTime, TimeProvider.System)) == left.Task;
    }

    // The server throws these while the body is read; its own messages are not used, they are not part of our contract.
    private static Refusal Refuse(BadHttpRequestException exception) => exception.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => new Refusal(EdgeRefusals.BodyTooLarge, "The body is longer than this service reads."),
        StatusCodes.Status408RequestTimeout => new Refusal(EdgeRefusals.RequestTimeout, "The body came too slowly."),
        _ => new Refusal(EdgeRefusals.BadRequest, "The request does not follow HTTP."),
    };

    // No path and no query: they may hold names and text of users.
    [LoggerMessage(1, LogLevel.Error, "Unhandled exception in a {Method} request")]
    private partial void LogFault(Exception exception, string method);
}
