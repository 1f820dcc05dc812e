using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Identity;

/// <summary>What a refusal says of the token that is wanted (RFC 6750, 3; RFC 9728, 5.1).</summary>
internal sealed class Challenges(ProtectedResource resource, IOptions<AuthOptions> auth)
{
    /// <summary>Sets <c>WWW-Authenticate</c>, for refusals that are about credentials.</summary>
    public void Set(HttpContext context, Refusal refusal)
    {
        var error = refusal.Code switch
        {
            EdgeRefusals.Unauthenticated => "",
            EdgeRefusals.InvalidToken => "error=\"invalid_token\"",
            EdgeRefusals.InsufficientScope => "error=\"insufficient_scope\"" + ScopeFor(context),
            _ => null,
        };
        if (error is null)
            return;
        // Clients of MCP find the authorization server by it.
        var metadata = resource.IsKnown && AgentPath.IsMcp(context.Request.Path)
            ? $"resource_metadata=\"{resource.MetadataUrlOf(context.Request.PathBase.Add(context.Request.Path))}\""
            : "";
        string[] parts = [.. new[] { error, metadata }.Where(part => part.Length > 0)];
        context.Response.Headers.WWWAuthenticate = parts.Length == 0 ? "Bearer" : $"Bearer {string.Join(", ", parts)}";
    }

    // With API keys there is no server to ask for more.
    private string ScopeFor(HttpContext context) => auth.Value is { Mode: AuthOptions.JwtMode, Jwt: var jwt }
        ? $", scope=\"{(context.GetEndpoint()?.Metadata.GetMetadata<AdminOnly>() is null ? jwt.UserScope : jwt.AdminScope)}\""
        : "";
}
