using AgentMesh.Primitives.Stored;

namespace AgentMesh.Agents.State;

/// <summary>Times as records keep them.</summary>
public static class StoredTime
{
    /// <summary>Without what <see cref="IsoTimeConverter"/> would drop, so that a record in memory equals the one that is read again.</summary>
    public static DateTimeOffset WholeMilliseconds(this DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
