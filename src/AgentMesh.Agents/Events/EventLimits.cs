namespace AgentMesh.Agents.Events;

/// <summary>Every maximum of the event log, once. Listed for users in <c>docs/limits.md</c>.</summary>
public static class EventLimits
{
    /// <summary>Events of a page. A page of messages is about 1 KB.</summary>
    public const int PageEvents = 64;

    /// <summary>Pages kept: 65,536 events. The messages themselves are kept; only following the log from that far back is not possible.</summary>
    public const int Pages = 1024;

    /// <summary>Most events one read may have.</summary>
    public const int ReadEvents = 1000;

    /// <summary>Most bytes of text one read may have; it then ends early.</summary>
    public const int ReadBytes = 2 * 1024 * 1024;

    /// <summary>Longest detail of an error, bytes of UTF-8; the rest is cut off.</summary>
    public const int DetailBytes = 500;

    /// <summary>Longest data of a fact, bytes of JSON in UTF-8.</summary>
    public const int FactBytes = 4096;
}
