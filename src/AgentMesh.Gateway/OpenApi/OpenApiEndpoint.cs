using AgentMesh.Gateway.Edge;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.OpenApi;

/// <summary>
/// <c>GET /openapi/v1.json</c>: the file <c>docs/openapi.json</c>, the same for everybody. A test writes it from the endpoints and compares, so nothing is made here.
/// </summary>
internal static class OpenApiEndpoint
{
    private static readonly Lazy<EmbeddedFile> Document = new(static () => EmbeddedFile.Read("AgentMesh.Gateway.openapi.json", JsonAnswer.ContentType));

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/openapi/v1.json", AnswerAsync).AllowAnonymous()
        .Describe("Reads this document.", operation => operation.Answers(StatusCodes.Status200OK, "application/json").Answers(StatusCodes.Status304NotModified)
            .Refuses(EdgeRefusals.PreconditionFailed));

    private static Task AnswerAsync(HttpContext context) => Document.Value.WriteAsync(context);
}
