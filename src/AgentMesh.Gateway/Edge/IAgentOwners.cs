using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Edge;

/// <summary>Says whose agents are a caller's own. What everybody may do with an agent does not ask here.</summary>
internal interface IAgentOwners
{
    /// <summary>True when the caller of a request is the owner of an agent.</summary>
    bool IsOwner(HttpContext context, AgentKey agent);
}

/// <summary>Of <c>AgentMesh__Auth__Mode=Development</c>: whoever came through <see cref="DevelopmentDoor"/> owns every agent.</summary>
internal sealed class DevelopmentOwners : IAgentOwners
{
    public bool IsOwner(HttpContext context, AgentKey agent) => true;
}
