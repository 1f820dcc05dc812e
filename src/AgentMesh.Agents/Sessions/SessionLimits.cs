namespace AgentMesh.Agents.Sessions;

/// <summary>Every maximum of sessions, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class SessionLimits
{
    /// <summary>Sessions of one agent beside the default one. Their index is 16 bytes each.</summary>
    public const int PerAgent = 1000;

    /// <summary>Longest metadata, bytes of JSON in UTF-8.</summary>
    public const int MetadataBytes = 4096;

    /// <summary>Most sessions a page of the list may have: each is a read of its own.</summary>
    public const int ListLength = 100;

    /// <summary>Shortest time to live of a session.</summary>
    public const int MinTtlSeconds = 60;

    /// <summary>Longest time to live of a session that does not live for ever: 366 days.</summary>
    public const int MaxTtlSeconds = 366 * 86_400;

    /// <summary>Sessions, or parts of long ones, that one tick of a reminder looks at; the rest follow with the next.</summary>
    public const int ExpiriesAtOnce = 8;

    /// <summary>Pages of messages that one turn removes; a longer session takes several.</summary>
    public const int PagesRemovedAtOnce = 128;
}
