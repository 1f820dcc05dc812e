using System.Globalization;
using AgentMesh.Contracts.Audit;
using AgentMesh.Gateway.Admin;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Identity;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Audit;

/// <summary>
/// Whatever admins change is in their tenant's audit chain: the intent before it is done, the outcome before anybody is told. It stands around every endpoint
/// that is <see cref="AdminOnly"/>, so that a new one cannot forget it; what does not change anything (GET, HEAD) has no record. Without a record nothing is
/// done.
/// </summary>
internal sealed class AdminAudit(RequestDelegate next)
{
    /// <summary>The outcome of a request that broke off: what it changed until then is not known.</summary>
    internal const string Unknown = "unknown";

    /// <summary>Of a target; the rest of a long one is cut off. Leaves room for the name of the parameter.</summary>
    private const int MaxTargetCharacters = 150;

    private static readonly Refusal NotBegun = new(AuditCodes.AuditUnavailable, "The action could not be noted in the audit chain, so it was not done. Try again.");

    private static readonly Refusal NotEnded = new(
        AuditCodes.AuditUnavailable, "What came of the action could not be noted in the audit chain; it may have been done. A repeat is safe.");

    public Task InvokeAsync(HttpContext context) => IsAudited(context) ? RunAsync(context) : next(context);

    /// <summary>What of, when the endpoint knows more than the route: something that it makes.</summary>
    public static void SetTarget(HttpContext context, string name, string value) => context.Features.Get<Subject>()?.Target = Describe(name, value);

    private static bool IsAudited(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AdminOnly>() is not null && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);

    private async Task RunAsync(HttpContext context)
    {
        // Access control has let in nobody without a name, and nobody to a tenant that is not theirs; a tenant that is none is refused by the endpoint.
        var caller = Caller.Of(context)!;
        var named = AdminPath.NamedTenant(context);
        var tenant = named.IsRefused ? caller.Tenant : named.Value;
        var requestId = RequestId.New();
        var calls = AgentCalls.Of(context);
        var begun = await calls.BeginActionAsync(tenant, new BeginAction(requestId, caller.Name, ActionOf(context), TargetOf(context, tenant)), context.RequestAborted);
        if (begun.IsRefused)
        {
            await Problem.WriteAsync(context, begun.Refusal.Code == AuditCodes.TooManyAdminActions ? begun.Refusal : NotBegun);
            return;
        }

        context.Response.Headers["X-Request-Id"] = requestId;
        if (await HoldAsync(context, calls, tenant, begun.Value.Intent) is { } answer)
            await answer.CopyToAsync(context.Response.Body, context.RequestAborted);
        else
            await Problem.WriteAsync(context, NotEnded);
    }

    /// <summary>Does the action and keeps the answer back until its outcome is noted. Answers of admins' routes are some kilobytes.</summary>
    /// <returns>The answer's body; null: what came of the action is not noted.</returns>
    private async Task<MemoryStream?> HoldAsync(HttpContext context, AgentCalls calls, TenantId tenant, long intent)
    {
        var subject = new Subject();
        context.Features.Set(subject);
        var body = context.Response.Body;
        var held = new MemoryStream();
        context.Response.Body = held;
        var outcome = Unknown;
        bool isNoted;
        try
        {
            await next(context);
            outcome = Problem.RefusalOf(context)?.Code ?? context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
        }
        finally
        {
            context.Response.Body = body;
            // Also when the caller has hung up: what was done was done.
            isNoted = !(await calls.EndActionAsync(tenant, new EndAction(intent, subject.Target, outcome), CancellationToken.None)).IsRefused;
        }

        held.Position = 0;
        return isNoted ? held : null;
    }

    private static string ActionOf(HttpContext context) => context.GetEndpoint() switch
    {
        { Metadata: var metadata } when metadata.GetMetadata<Audited>() is { } audited => audited.Action,
        RouteEndpoint route => $"{context.Request.Method}:{route.RoutePattern.RawText}",
        _ => context.Request.Method,
    };

    private static string TargetOf(HttpContext context, TenantId tenant)
    {
        var (name, value) = context.Request.RouteValues.FirstOrDefault();
        return Describe(name ?? "tenant", value as string ?? tenant.ToString());
    }

    // A path may have anything in it.
    private static string Describe(string name, string value)
    {
        var escaped = Uri.EscapeDataString(value);
        return $"{name}={escaped[..Math.Min(escaped.Length, MaxTargetCharacters)]}";
    }

    private sealed class Subject
    {
        public string? Target { get; set; }
    }
}
