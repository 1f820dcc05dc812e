namespace AgentMesh.Gateway.Console;

/// <summary>The page at <c>/</c>.</summary>
internal static class ConsoleExtensions
{
    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder endpoints)
    {
        ConsoleEndpoint.Map(endpoints);
        return endpoints;
    }
}
