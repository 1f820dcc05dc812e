namespace AgentMesh.EndToEnd;

/// <summary>For tests of tools: the model passes on a message that begins with <c>ring</c>, and looks for any other in the history.</summary>
[CollectionDefinition(nameof(CallingMeshes))]
public sealed class CallingMeshes() : ModelMeshes("ring-search", 4), ICollectionFixture<CallingMeshes>;
