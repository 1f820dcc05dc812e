using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Identity;

/// <summary>
/// <c>/t/{tenant}/…</c>: the same paths, of another tenant than the caller's or the default one. Taken off before routing, so that an agent's path is one
/// text everywhere behind; who may have the agent is decided by the caller, never by this.
/// </summary>
internal sealed class TenantPath(RequestDelegate next)
{
    private const string Prefix = "/t/";

    public Task InvokeAsync(HttpContext context)
    {
        if (Strip(context.Request.Path) is { } path)
        {
            context.Features.Set(new Named(path.Tenant));
            context.Request.PathBase = context.Request.PathBase.Add(Prefix + path.Tenant);
            context.Request.Path = path.Path;
        }

        return next(context);
    }

    /// <summary>The tenant that the path names; null: none.</summary>
    public static TenantId? Of(HttpContext context) => context.Features.Get<Named>()?.Tenant;

    /// <summary>The path without its tenant; null: it names none, and only agents' paths may.</summary>
    public static (TenantId Tenant, PathString Path)? Strip(PathString path)
    {
        var text = path.Value;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var end = text.IndexOf('/', Prefix.Length);
        return end > 0 && TenantId.TryParse(text[Prefix.Length..end], out var tenant) && text.AsSpan(end).StartsWith("/agent/", StringComparison.OrdinalIgnoreCase)
            ? (tenant, new PathString(text[end..]))
            : null;
    }

    private sealed record Named(TenantId Tenant);
}
