namespace AgentMesh.Primitives;

/// <summary>
/// Whose agent: the tenant and the user. Its text, <c>{tenant}:{user}</c>, is the actor id; this is the only place that makes it,
/// so no key can leave the tenant out.
/// </summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="User">The user within the tenant.</param>
public readonly record struct AgentKey(TenantId Tenant, UserId User)
{
    /// <summary>The actor id, <c>{tenant}:{user}</c>; a colon is in neither grammar, so the text is unambiguous.</summary>
    public override string ToString() => $"{Tenant}:{User}";

    /// <summary>Reads an actor id back; false when it is not one of ours.</summary>
    public static bool TryParse(string? actorId, out AgentKey key)
    {
        key = default;
        var colon = actorId?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0
            || !TenantId.TryParse(actorId![..colon], out var tenant)
            || !UserId.TryParse(actorId[(colon + 1)..], out var user))
        {
            return false;
        }

        key = new AgentKey(tenant, user);
        return true;
    }
}
