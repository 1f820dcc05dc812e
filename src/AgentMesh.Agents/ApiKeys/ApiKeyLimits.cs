namespace AgentMesh.Agents.ApiKeys;

/// <summary>Every maximum of API keys, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class ApiKeyLimits
{
    /// <summary>Keys of a tenant that are neither revoked nor expired.</summary>
    public const int Usable = 1000;

    /// <summary>Keys of a tenant that are kept, each a record; with one more those that ended first go early. Twice as many as are usable, so there always are some.</summary>
    public const int Kept = 2 * Usable;

    /// <summary>Keys that making one removes. More than one, so that what has ended grows less.</summary>
    public const int PrunedAtOnce = 100;

    /// <summary>Keys of one answer, each read by itself.</summary>
    public const int ListLength = 100;

    /// <summary>UTF-16 units of a name.</summary>
    public const int NameCharacters = 64;

    /// <summary>How long a key that was revoked or has expired is kept, so that audits can see it; at exactly that age it may go.</summary>
    public static TimeSpan KeptFor { get; } = TimeSpan.FromDays(30);
}
