using AgentMesh.Sidecar.Http;
using Grpc.Core;

namespace AgentMesh.Sidecar.Grpc;

/// <summary>The gRPC status of daprd's errors (dapr:pkg/messages/predefined.go, dapr:pkg/api/errors).</summary>
internal static class GrpcStatus
{
    public static RpcException Exception(this DaprError error) => new(new Status(Code(error), error.Message));

    public static void ThrowIfAny(DaprError? error)
    {
        if (error is not null)
            throw error.Exception();
    }

    private static StatusCode Code(DaprError error) => error.Status switch
    {
        _ when error.Code.EndsWith("_NOT_CONFIGURED", StringComparison.Ordinal) => StatusCode.FailedPrecondition,
        // An ETag that does not match.
        StatusCodes.Status409Conflict => StatusCode.Aborted,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        // 401 is an unknown secret store and 404 an unknown pub/sub component, nothing else.
        StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized or StatusCodes.Status404NotFound => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };
}
