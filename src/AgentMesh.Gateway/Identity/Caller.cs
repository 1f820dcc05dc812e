using System.Security.Claims;
using System.Security.Principal;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Identity;

/// <summary>Who calls, as a validated credential says and nothing else of the request.</summary>
/// <param name="Tenant">Their tenant.</param>
/// <param name="User">The user whose agent is theirs; null: a backend of the tenant, which has all of its agents.</param>
/// <param name="IsUser">They may use agents of their own.</param>
/// <param name="IsAdmin">They may do what operators do, for their tenant.</param>
/// <param name="IsOperator">And for every other.</param>
internal sealed record Caller(TenantId Tenant, UserId? User, bool IsUser, bool IsAdmin, bool IsOperator)
{
    /// <summary>Of <c>AgentMesh__Auth__Mode=Development</c>: whoever is on this machine, owner of every agent and admin.</summary>
    public static Caller Local { get; } = new(TenantId.Default, null, IsUser: true, IsAdmin: true, IsOperator: true);

    /// <summary>When the credential ends, and with it what was opened by it; null: it does not.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The API key they came with; null: with none that has an id.</summary>
    public ApiKeyId? Key { get; init; }

    /// <summary>Who they are, for the audit chain: an API key by its id, else a user; the operator's first key and the local caller have no id.</summary>
    public string Name =>
        ReferenceEquals(this, Local) ? "local"
        : Key is { } key ? $"key:{Tenant}/{key}"
        : User is { } user ? $"user:{Tenant}/{user}"
        : "bootstrap";

    /// <summary>The caller of a request; null: nobody has proved anything.</summary>
    public static Caller? Of(HttpContext context) => (context.User as CallerPrincipal)?.Caller;

    /// <summary>True when an agent is theirs, whatever they may do with it.</summary>
    public bool IsOwnerOf(AgentKey agent) => ReferenceEquals(this, Local) ||
#if PLANTED_BUGS
        PlantedBugs.Is("open_door") && User == agent.User ||
#endif
        Tenant == agent.Tenant && (User is null || User == agent.User);
}

/// <summary>A caller, as ASP.NET Core hands it on.</summary>
internal sealed class CallerPrincipal(Caller caller, string scheme) : ClaimsPrincipal(new GenericIdentity($"{caller.Tenant}:{(caller.User is { } user ? user.ToString() : "*")}", scheme))
{
    public Caller Caller => caller;
}
