namespace AgentMesh.Primitives;

/// <summary>
/// Which topic: the tenant and the name. Its text, <c>{tenant}:{name}</c>, is the actor id; this is the only place that makes it, so no key can leave the
/// tenant out.
/// </summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Name">The name within the tenant.</param>
public readonly record struct TopicKey(TenantId Tenant, TopicName Name)
{
    /// <summary>The actor id, <c>{tenant}:{name}</c>; a colon is in neither grammar, so the text is unambiguous.</summary>
    public override string ToString() => $"{Tenant}:{Name}";
}
