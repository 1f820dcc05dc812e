namespace AgentMesh.Gateway.Admin;

/// <summary>What operators do. In Development the local caller is one, and there is no other mode yet.</summary>
internal static class AdminExtensions
{
    public static IEndpointRouteBuilder MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        RotateWalletsEndpoint.Map(endpoints);
        return endpoints;
    }
}
