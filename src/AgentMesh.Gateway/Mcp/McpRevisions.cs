namespace AgentMesh.Gateway.Mcp;

/// <summary>What a client of a revision of MCP understands. Revisions are dates and compare as texts.</summary>
internal static class McpRevisions
{
    private const string Header = "MCP-Protocol-Version";
    private const string WithStructuredContent = "2025-06-18";
    private const string WithoutHandshake = "2026-07-28";

    /// <summary>
    /// True from 2025-06-18 on. That revision also brought the header that says so, so a request without one is of an older client: nothing is remembered
    /// of the handshake, which may have met another replica.
    /// </summary>
    public static bool HasStructuredContent(string? revision) => IsAtLeast(revision, WithStructuredContent);

    /// <summary>True from 2026-07-28 on: no handshake and no sessions, and lists say how long they may be kept.</summary>
    public static bool HasNoHandshake(string? revision) => IsAtLeast(revision, WithoutHandshake);

    /// <summary>As the other, by the header, without which there is no request of those revisions.</summary>
    public static bool HasNoHandshake(HttpRequest request) => HasNoHandshake(request.Headers[Header]);

    private static bool IsAtLeast(string? revision, string first) => string.CompareOrdinal(revision, first) >= 0;
}
