namespace AgentMesh.ActorHost.Outgoing;

/// <summary>A host has an address that may not be connected to. Never crosses <see cref="OutgoingClient"/>.</summary>
internal sealed class AddressNotAllowedException() : IOException("The host has an address that may not be called.");
