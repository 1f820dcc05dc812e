using System.Text.Json.Serialization;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Selling;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Identity;

/// <summary>
/// <c>GET /.well-known/oauth-protected-resource/agent/{userId}/mcp</c> (RFC 9728): where a client of MCP gets a token. There only with
/// <c>AgentMesh__Auth__Mode=Jwt</c> and an authority.
/// </summary>
internal sealed class ProtectedResource(IOptions<AuthOptions> auth, SellingOptions selling)
{
    private const string Prefix = "/.well-known/oauth-protected-resource";

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "Nothing is at this path.");

    private readonly string _origin = selling.PublicUrl.TrimEnd('/');

    /// <summary>True when there is an authority to name.</summary>
    public bool IsKnown { get; } = auth.Value is { Mode: AuthOptions.JwtMode, Jwt.Authority.Length: > 0 };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints
        .MapGet(Prefix + "/{**resource}", context => context.RequestServices.GetRequiredService<ProtectedResource>().AnswerAsync(context))
        .AllowAnonymous()
        .Describe(
            "Reads where a client of MCP gets a token (RFC 9728).",
            operation => operation.At(Prefix + "/agent/{userId}/mcp").Answers<ProtectedResourceResponse>().Refuses(EdgeRefusals.NotFound));

    /// <summary>Where the document about a path is.</summary>
    public string MetadataUrlOf(PathString path) => $"{_origin}{Prefix}{path.ToUriComponent()}";

    private Task AnswerAsync(HttpContext context)
    {
        var path = new PathString("/" + (context.Request.RouteValues["resource"] as string)?.TrimStart('/'));
        if (!IsKnown || !AgentPath.IsMcp(TenantPath.Strip(path)?.Path ?? path))
            return Problem.WriteAsync(context, NotFound);
        var jwt = auth.Value.Jwt;
        return JsonAnswer.WriteAsync(
            context,
            new ProtectedResourceResponse($"{_origin}{path.ToUriComponent()}", [jwt.Authority!], ["header"], [jwt.UserScope, jwt.AdminScope, jwt.OperatorScope]),
            GatewayJson.Answers.ProtectedResourceResponse);
    }
}

/// <summary>A protected resource, in the names of RFC 9728.</summary>
/// <param name="Resource">Its URL.</param>
/// <param name="AuthorizationServers">Who gives tokens for it.</param>
/// <param name="BearerMethodsSupported">Where the token goes.</param>
/// <param name="ScopesSupported">What it may have.</param>
internal sealed record ProtectedResourceResponse(
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("authorization_servers")] IReadOnlyList<string> AuthorizationServers,
    [property: JsonPropertyName("bearer_methods_supported")] IReadOnlyList<string> BearerMethodsSupported,
    [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> ScopesSupported);
