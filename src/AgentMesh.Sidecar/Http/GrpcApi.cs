namespace AgentMesh.Sidecar.Http;

/// <summary>
/// The gRPC port. The service comes with pub/sub and the state API; until then every method answers UNIMPLEMENTED, which the SDK
/// copes with, in place of a refused connection.
/// </summary>
internal static class GrpcApi
{
    /// <summary>google.rpc.Code.UNIMPLEMENTED.</summary>
    private const string Unimplemented = "12";

    public static Task HandleAsync(HttpContext context)
    {
        // Trailers-only answer: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = Unimplemented;
        context.Response.Headers["grpc-message"] = "not served yet by the local sidecar";
        return Task.CompletedTask;
    }
}
