using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Responders;

/// <summary>A developer's own model, in place of a provider.</summary>
/// <param name="Create">Makes it, once.</param>
internal sealed record OwnChatClient(Func<IChatClient> Create);
