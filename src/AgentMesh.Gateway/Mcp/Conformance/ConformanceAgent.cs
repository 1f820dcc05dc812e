using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>The agent that the suite talks to, and what it has to show.</summary>
internal static class ConformanceAgent
{
    /// <summary>Type of <see cref="Png"/>.</summary>
    public const string PngType = "image/png";

    /// <summary>Type of <see cref="Wav"/>.</summary>
    public const string WavType = "audio/wav";

    private const string User = "conformance";

    /// <summary>A red pixel.</summary>
    public static ReadOnlyMemory<byte> Png { get; } = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC");

    /// <summary>A sample of silence.</summary>
    public static ReadOnlyMemory<byte> Wav { get; } = Convert.FromBase64String("UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==");

    /// <summary>Whether it is this one, of the tenant that paths without one name.</summary>
    public static bool Is(AgentKey agent) => agent.Tenant == TenantId.Default && agent.User.ToString() == User;
}
