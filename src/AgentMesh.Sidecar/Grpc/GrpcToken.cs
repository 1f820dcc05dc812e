using AgentMesh.Sidecar.Http;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace AgentMesh.Sidecar.Grpc;

/// <summary>The token check of the gRPC port: every method, those that do not exist too (dapr:pkg/api/grpc/auth.go).</summary>
internal sealed class GrpcToken(string? daprApiToken)
{
    // daprd makes this status of an HTTP error, hence the text and the details.
    private static readonly string Details = Convert.ToBase64String(new Google.Rpc.Status
    {
        Code = (int)Code.Unauthenticated,
        Message = "Unauthorized",
        Details =
        {
            Any.Pack(new ErrorInfo
            {
                Reason = "Unauthorized",
                Domain = "dapr.io",
                Metadata = { ["http.code"] = "401", ["http.error_message"] = "authentication error: api token mismatch" },
            }),
        },
    }.ToByteArray()).TrimEnd('=');

    private readonly ApiToken _token = new(daprApiToken);

    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (_token.IsIn(context.Request))
            return next(context);
        // Trailers-only answer: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = $"{(int)Code.Unauthenticated}";
        context.Response.Headers["grpc-message"] = "Unauthorized";
        context.Response.Headers["grpc-status-details-bin"] = Details;
        return Task.CompletedTask;
    }
}
