using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>Names of agents in rules: <c>bob</c>, <c>bot-*</c>, <c>*</c> of the own tenant; <c>acme:bob</c>, <c>acme:bot-*</c>, <c>acme:*</c> of a tenant.</summary>
public static class MailPattern
{
    /// <summary>True for a pattern.</summary>
    public static bool IsWellFormed(string? pattern)
    {
        if (pattern is null)
            return false;
        var (tenant, user) = Split(pattern);
        var name = user.EndsWith('*') ? user[..^1] : user;
        return (tenant is null || TenantId.TryParse(tenant, out _)) && (UserId.TryParse(name, out _) || user == "*");
    }

    /// <summary>True when an agent is meant.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="agent">The agent.</param>
    /// <param name="own">The tenant of whoever wrote the pattern.</param>
    public static bool Matches(string pattern, AgentKey agent, TenantId own)
    {
        var (tenant, user) = Split(pattern);
        if (agent.Tenant.ToString() != (tenant ?? own.ToString()))
            return false;
        var name = agent.User.ToString();
        return user.EndsWith('*') ? name.StartsWith(user[..^1], StringComparison.Ordinal) : name == user;
    }

    private static (string? Tenant, string User) Split(string pattern) => pattern.Split(':', 2) is [var tenant, var user] ? (tenant, user) : (null, pattern);
}
