namespace AgentMesh.EndToEnd;

/// <summary>For tests of what models cost: a turn takes some 300 ms, and there are two processes of agents.</summary>
[CollectionDefinition(nameof(PricedMeshes))]
public sealed class PricedMeshes() : ModelMeshes(Model, 5, ["--replicas", "agents=2", .. MeshOptions.Price(Model)]), ICollectionFixture<PricedMeshes>
{
    private const string Model = "20ms-12tokens";
}
