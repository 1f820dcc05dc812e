namespace AgentMesh.Gateway.OpenApi;

/// <summary>Metadata of an endpoint: what the OpenAPI document says of it. Nobody asks for it while the gateway serves.</summary>
/// <param name="Summary">What it does, one sentence.</param>
/// <param name="More">Says what else there is to say.</param>
internal sealed record Description(string Summary, Action<Operation> More);

/// <summary>Says beside a route what stands in the OpenAPI document.</summary>
internal static class OpenApiExtensions
{
    /// <param name="endpoint">The route.</param>
    /// <param name="summary">What it does, one sentence.</param>
    /// <param name="more">Parameters, body, answers, refusals.</param>
    public static TBuilder Describe<TBuilder>(this TBuilder endpoint, string summary, Action<Operation> more)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Description(summary, more));

    public static IEndpointRouteBuilder MapOpenApi(this IEndpointRouteBuilder endpoints)
    {
        OpenApiEndpoint.Map(endpoints);
        return endpoints;
    }
}
