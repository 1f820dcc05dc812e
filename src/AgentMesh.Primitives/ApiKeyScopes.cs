namespace AgentMesh.Primitives;

/// <summary>What an API key may be for.</summary>
public static class ApiKeyScopes
{
    /// <summary>What the owner of an agent does.</summary>
    public const string User = "user";

    /// <summary>What an operator of the tenant does.</summary>
    public const string Admin = "admin";

    /// <summary>All of them, in the order in which records have them.</summary>
    public static IReadOnlyList<string> All { get; } = [User, Admin];
}
