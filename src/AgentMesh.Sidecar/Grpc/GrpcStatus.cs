using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.PubSub;
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

    public static void ThrowIfAny(PubSubError? error)
    {
        if (error is not null)
            throw new RpcException(new Status((StatusCode)error.GrpcStatus, error.Message));
    }

    private static StatusCode Code(DaprError error) => error.Status switch
    {
        _ when error.Code.EndsWith("_NOT_CONFIGURED", StringComparison.Ordinal) => StatusCode.FailedPrecondition,
        // An ETag that does not match.
        StatusCodes.Status409Conflict => StatusCode.Aborted,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        // 401 is an unknown secret store, nothing else.
        StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };
}
