using System.Diagnostics;

namespace AgentMesh.ActorHost.Dapr;

/// <summary>Errors of this app as RFC 9457 problems. The sidecar passes their text on to callers, so they say nothing of the inside.</summary>
internal static class Problems
{
    /// <summary>Answers faults with 500 and nothing else; the exception goes to the log.</summary>
    internal static void UseFaultAnswers(this WebApplication app) =>
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => WriteAsync(
                context, StatusCodes.Status500InternalServerError, "internal_error", "The agent could not do this; nothing of it was acknowledged."),
        });

    internal static Task WriteAsync(HttpContext context, int status, string code, string detail) =>
        TypedResults.Problem(
            detail,
            statusCode: status,
            type: $"urn:agentmesh:problem:{code}",
            extensions: [new("traceId", Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier)]).ExecuteAsync(context);
}
