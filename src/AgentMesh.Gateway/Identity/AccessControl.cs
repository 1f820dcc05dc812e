using AgentMesh.Gateway.Admin;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Authorization;

namespace AgentMesh.Gateway.Identity;

/// <summary>Metadata of an endpoint that is for admins.</summary>
internal sealed record AdminOnly
{
    public static AdminOnly Instance { get; } = new();
}

/// <summary>
/// Who may use an endpoint. One that says nothing is for the owner of the agent its path names, and for nobody where it names none;
/// <see cref="AdminOnly"/> and <see cref="IAllowAnonymous"/> are said. Another's agent is answered as nothing at all: whether it exists is not told.
/// </summary>
internal sealed class AccessControl(RequestDelegate next, Challenges challenges)
{
    private static readonly Refusal Unauthenticated = new(EdgeRefusals.Unauthenticated, "This is for whoever proves who they are: Authorization: Bearer and a token.");

    private static readonly Refusal InvalidToken = new(EdgeRefusals.InvalidToken, "The token is not one of this service's, not for it, or not valid now.");

    private static readonly Refusal NoUserScope = new(EdgeRefusals.InsufficientScope, "The token does not have the scope of users.");

    private static readonly Refusal NoAdminScope = new(EdgeRefusals.InsufficientScope, "The token does not have the scope of admins.");

    private static readonly Refusal NotFound = new(EdgeRefusals.NotFound, "Nothing is at this path.");

    public Task InvokeAsync(HttpContext context)
    {
        if (Check(context) is not { } refusal)
            return next(context);
        challenges.Set(context, refusal);
        return Problem.WriteAsync(context, refusal);
    }

    private static Refusal? Check(HttpContext context)
    {
        var caller = Caller.Of(context);
        // Also where nobody has to say who they are: who says so wrongly is not served as somebody else.
        if (caller is null && context.Request.Headers.Authorization.Count > 0)
            return InvalidToken;
        // Routing's own answer for a method that a path is not for.
        if (context.GetEndpoint() is not RouteEndpoint { Metadata: var metadata } || metadata.GetMetadata<IAllowAnonymous>() is not null)
            return null;
        if (caller is null)
            return Unauthenticated;
        if (metadata.GetMetadata<AdminOnly>() is not null)
        {
            if (!caller.IsAdmin)
                return NoAdminScope;
            return caller.IsOperator || AdminPath.NamesOnly(context, caller.Tenant) ? null : NotFound;
        }

        if (AgentPath.UserSegment(context.Request.Path) is null || !caller.IsOwnerOf(AgentPath.KeyOf(context)))
            return NotFound;
        return caller.IsUser ? null : NoUserScope;
    }
}
