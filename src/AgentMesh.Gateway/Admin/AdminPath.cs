using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.Extensions.Primitives;

namespace AgentMesh.Gateway.Admin;

/// <summary>Whom a path below <c>/admin</c> names.</summary>
internal static class AdminPath
{
    private static readonly Refusal NoTenant = new(EdgeRefusals.InvalidRequest, "The path names no tenant.");

    private static readonly Refusal InvalidTenant = new(EdgeRefusals.InvalidRequest, "The parameter tenant names no tenant.");

    private static readonly Refusal InvalidUser = new(
        EdgeRefusals.InvalidUserId, "A user id is 1-64 characters of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit.");

    /// <summary>The tenant of <c>/admin/tenants/{tenant}</c>.</summary>
    public static Result<TenantId> TenantOf(HttpContext context) =>
        TenantId.TryParse(context.Request.RouteValues["tenant"] as string, out var tenant) ? tenant : NoTenant;

    /// <summary>The agent of <c>/admin/agents/{userId}?tenant=</c>; without the parameter one of the default tenant.</summary>
    public static Result<AgentKey> AgentOf(HttpContext context)
    {
        if (!UserId.TryParse(context.Request.RouteValues["userId"] as string, out var user))
            return InvalidUser;
        var tenant = ReadTenant(context.Request.Query["tenant"]);
        return tenant.IsRefused ? tenant.Refusal : new AgentKey(tenant.Value, user);
    }

    /// <summary>The tenant of the parameter; the default one without it.</summary>
    public static Result<TenantId> ReadTenant(StringValues values)
    {
        if (values.Count == 0)
            return TenantId.Default;
        return values is [{ } text] && TenantId.TryParse(text, out var tenant) ? tenant : InvalidTenant;
    }
}
