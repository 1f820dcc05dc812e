using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace AgentMesh.Gateway.Edge;

/// <summary>A file of the assembly, the same for everybody.</summary>
/// <param name="Bytes">What is in it.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Tag">Of its bytes.</param>
internal sealed record EmbeddedFile(byte[] Bytes, string ContentType, EntityTagHeaderValue Tag)
{
    /// <summary>Reads one.</summary>
    /// <param name="resource">Its name in the assembly, which the project file gives it.</param>
    /// <param name="contentType">Its media type.</param>
    public static EmbeddedFile Read(string resource, string contentType)
    {
        using var stream = typeof(EmbeddedFile).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new EmbeddedFile(bytes, contentType, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\""));
    }

    /// <summary>Answers with it. It is to be asked for anew each time, which costs no bytes when it is the same.</summary>
    public Task WriteAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(Bytes, ContentType, entityTag: Tag).ExecuteAsync(context);
    }
}
