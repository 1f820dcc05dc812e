using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;

namespace AgentMesh.Gateway.Policies;

/// <summary><c>GET /schemas/spending-policy/v1.json</c>: the JSON Schema of policies, the file <c>docs/schemas/spending-policy.v1.json</c>.</summary>
internal static class SchemaEndpoint
{
    /// <summary>Of JSON Schema 2020-12, section 14.1.</summary>
    private const string ContentType = "application/schema+json";

    private static readonly byte[] Schema = EmbeddedFile.Read("AgentMesh.Gateway.spending-policy.v1.json", ContentType).Bytes;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/schemas/spending-policy/v1.json", AnswerAsync).AllowAnonymous()
        .Describe("Reads the JSON Schema of policies.", operation => operation.Answers(StatusCodes.Status200OK, ContentType));

    private static async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = Schema.Length;
        await context.Response.BodyWriter.WriteAsync(Schema, context.RequestAborted);
    }
}
