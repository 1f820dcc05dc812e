using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

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

    /// <summary>True when a request names a tenant and no other, or none that could be.</summary>
    public static bool NamesOnly(HttpContext context, TenantId tenant)
    {
        var named = NamedTenant(context);
        return named.IsRefused || named.Value == tenant;
    }

    /// <summary>The tenant that a request for admins is about, however its route names one.</summary>
    public static Result<TenantId> NamedTenant(HttpContext context) =>
        AgentPath.UserSegment(context.Request.Path) is not null ? AgentPath.KeyOf(context).Tenant
        : context.Request.RouteValues.ContainsKey("tenant") ? TenantOf(context)
        : ReadTenant(context);

    /// <summary>The agent of <c>/admin/agents/{userId}?tenant=</c>; without the parameter one of the caller's tenant.</summary>
    public static Result<AgentKey> AgentOf(HttpContext context)
    {
        if (!UserId.TryParse(context.Request.RouteValues["userId"] as string, out var user))
            return InvalidUser;
        var tenant = ReadTenant(context);
        return tenant.IsRefused ? tenant.Refusal : new AgentKey(tenant.Value, user);
    }

    /// <summary>For the OpenAPI document: the parameter.</summary>
    public static Operation TakesTenant(this Operation operation) =>
        operation.Query("tenant", "The tenant; the caller's own without it.", Schema.Name()).Refuses(EdgeRefusals.InvalidRequest);

    /// <summary>The tenant of the parameter; the caller's without it.</summary>
    public static Result<TenantId> ReadTenant(HttpContext context)
    {
        var values = context.Request.Query["tenant"];
        if (values.Count == 0)
            return Caller.Of(context)?.Tenant ?? TenantId.Default;
        return values is [{ } text] && TenantId.TryParse(text, out var tenant) ? tenant : InvalidTenant;
    }
}
