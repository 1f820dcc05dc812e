namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>The revisions of MCP that are served.</summary>
internal static class Revisions
{
    public const string Oldest = "2024-11-05";
    public const string June2025 = "2025-06-18";
    public const string November2025 = "2025-11-25";
    public const string Newest = "2026-07-28";

    /// <summary>Those with a handshake, then the one without.</summary>
    public static readonly string[] All = [Oldest, "2025-03-26", June2025, November2025, Newest];

    /// <summary>Whether a client of a revision says so in a header, and knows structured content.</summary>
    public static bool IsStructured(string revision) => string.CompareOrdinal(revision, June2025) >= 0;
}
