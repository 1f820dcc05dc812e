namespace AgentMesh.EndToEnd;

/// <summary>Tests beside which no other runs: they keep both cores busy, and an answer that is late because of another mesh says nothing of the product.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
