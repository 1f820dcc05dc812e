using System.Security.Cryptography;
using AgentMesh.Gateway.Edge;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Net.Http.Headers;

namespace AgentMesh.Gateway.OpenApi;

/// <summary>
/// <c>GET /openapi/v1.json</c>: the file <c>docs/openapi.json</c>, the same for everybody. A test writes it from the endpoints and compares, so nothing is made here.
/// </summary>
internal static class OpenApiEndpoint
{
    private const string Resource = "AgentMesh.Gateway.openapi.json";

    private static readonly Lazy<(byte[] Bytes, EntityTagHeaderValue Tag)> Document = new(Read);

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/openapi/v1.json", AnswerAsync).AllowAnonymous()
        .Describe("Reads this document.", operation => operation.Answers(StatusCodes.Status200OK, "application/json").Answers(StatusCodes.Status304NotModified)
            .Refuses(EdgeRefusals.PreconditionFailed));

    private static Task AnswerAsync(HttpContext context)
    {
        var (bytes, tag) = Document.Value;
        // To be asked for anew each time, which costs no bytes when it is the same.
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(bytes, JsonAnswer.ContentType, entityTag: tag).ExecuteAsync(context);
    }

    private static (byte[] Bytes, EntityTagHeaderValue Tag) Read()
    {
        using var stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\""));
    }
}
