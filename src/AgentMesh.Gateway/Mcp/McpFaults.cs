using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp;

/// <summary>
/// The edge where exceptions of handlers end, as <c>FaultMiddleware</c> is for HTTP: by then the answer has begun. Errors and questions of the protocol,
/// which the SDK has exceptions for, go on to it. It would log whole exceptions, and with them what callers sent; its own logs are off.
/// </summary>
internal sealed partial class McpFaults(ILogger<McpFaults> logger)
{
    private static readonly Refusal Fault = new(EdgeRefusals.InternalError, "The request failed for a reason that is in the service's log under this traceId.");

    private readonly ILogger _logger = logger;

    /// <summary>Runs a handler.</summary>
    /// <param name="method">What it serves, for the log.</param>
    /// <param name="context">The request, whose trace id finds the fault in the log.</param>
    /// <param name="run">The handler.</param>
    /// <param name="answer">Makes an answer of <c>internal_error</c>.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async ValueTask<T> GuardAsync<T>(string method, HttpContext context, Func<Task<T>> run, Func<Refusal, T> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is not (McpProtocolException or InputRequiredException) && !cancellationToken.IsCancellationRequested)
        {
            LogFault(exception, method);
            return answer(new FaultRefusal(Fault.Code, Fault.Detail, Problem.TraceId(context)));
        }
    }

    // The method is one of ours: no name that a caller made up.
    [LoggerMessage(1, LogLevel.Error, "Unhandled exception in {McpMethod}")]
    private partial void LogFault(Exception exception, string mcpMethod);

    private sealed record FaultRefusal(string Code, string Detail, string TraceId) : Refusal(Code, Detail)
    {
        public override IEnumerable<(string Name, string? Value)> Members => [("traceId", TraceId)];
    }
}
