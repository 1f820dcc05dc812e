using System.Collections.Frozen;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Console;

/// <summary>
/// <c>GET /</c> and <c>GET /console/{file}</c>: a page to use an agent with, the same for everybody. It holds no data: what it shows it asks the API for, with
/// what its reader has, and from nowhere else.
/// </summary>
internal static class ConsoleEndpoint
{
    /// <summary>Nothing of another origin and nothing inline; no text becomes HTML or script (Trusted Types).</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Prefix = "/console/";
    private const string Page = "index.html";
    private const string Resources = "AgentMesh.Gateway.Console.";

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "Nothing is at this path.");

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private static readonly FrozenDictionary<string, EmbeddedFile> Assets = typeof(ConsoleEndpoint).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Resources, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Resources.Length..], Read, StringComparer.Ordinal);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/", Methods, context => WriteAsync(context, Assets[Page])).AllowAnonymous();
        endpoints.MapMethods(Prefix + "{file}", Methods, WriteFileAsync).AllowAnonymous();
    }

    /// <summary>True for the page and its files: to other methods they answer 405, as a browser's tools expect of a page.</summary>
    public static bool Has(PathString path) =>
        path.Value is { } text && (text is "/" || text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase));

    // The page itself has one address.
    private static Task WriteFileAsync(HttpContext context) => context.Request.RouteValues["file"] is string name and not Page && Assets.TryGetValue(name, out var asset)
        ? WriteAsync(context, asset)
        : Problem.WriteAsync(context, NotFound);

    private static Task WriteAsync(HttpContext context, EmbeddedFile asset)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Asked for anew each time, so that all files are of one version.
        return asset.WriteAsync(context);
    }

    private static EmbeddedFile Read(string resource) => EmbeddedFile.Read(resource, Path.GetExtension(resource) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"No media type is known for {other}."),
    });
}
