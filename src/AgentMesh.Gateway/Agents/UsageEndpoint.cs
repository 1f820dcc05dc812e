using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Agents;

/// <summary><c>GET /agent</c> and <c>GET /agent/</c>: says how to name a user.</summary>
internal static class UsageEndpoint
{
    private static readonly Refusal Usage = new(EdgeRefusals.UserIdMissing, "Usage: /agent/{userId}");

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent", context => Problem.WriteAsync(context, Usage)).AllowAnonymous()
        .Describe("Says how to name a user.", operation => operation.Refuses(EdgeRefusals.UserIdMissing));
}
