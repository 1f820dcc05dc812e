using System.Collections.Frozen;
using System.Security.Cryptography;

namespace AgentMesh.Sidecar.Dashboard;

/// <summary>The page's files, kept in the assembly.</summary>
internal static class Assets
{
    private static readonly FrozenDictionary<string, (byte[] Body, string Type, string ETag)> Files = new[]
    {
        Load("/", "index.html", "text/html; charset=utf-8"),
        Load("/app.css", "app.css", "text/css; charset=utf-8"),
        Load("/app.js", "app.js", "text/javascript; charset=utf-8"),
        Load("/views.js", "views.js", "text/javascript; charset=utf-8"),
        Load("/icon.svg", "icon.svg", "image/svg+xml"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>False: there is no such file.</summary>
    public static async Task<bool> TryWriteAsync(HttpContext context, string path, CancellationToken cancellationToken)
    {
        if (!Files.TryGetValue(path, out var file))
            return false;
        var response = context.Response;
        // Asked each time, so that a newer sidecar's page is seen at once.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = file.ETag;
        if (context.Request.Headers.IfNoneMatch == file.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        response.ContentType = file.Type;
        response.ContentLength = file.Body.Length;
        await response.Body.WriteAsync(file.Body, cancellationToken);
        return true;
    }

    private static KeyValuePair<string, (byte[] Body, string Type, string ETag)> Load(string path, string name, string type)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"AgentMesh.Sidecar.Dashboard.Assets.{name}")
            ?? throw new InvalidOperationException($"The asset {name} is missing.");
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        var body = buffer.ToArray();
        return KeyValuePair.Create(path, (body, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..16]}\""));
    }
}
