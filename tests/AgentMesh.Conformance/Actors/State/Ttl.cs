using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.State;

/// <summary>dapr: actors/http/ttl.go. The TTL of actor state is behind the feature flag ActorStateTTL, which is off unless it is switched on.</summary>
public sealed class Ttl(Meshes meshes)
{
    private const string Write = """[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"1"}}}]""";

    [Theory]
    [OnEveryTarget]
    public async Task Ttl_WithoutTheFlag_RefusesTheWholeTransaction(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        await actor.ActivateAsync();
        (await actor.TransactAsync(Write)).IsError(500, "ERR_ACTOR_STATE_TRANSACTION_SAVE", "ActorStateTTL");
        (await actor.GetAsync("k")).Is(204);
    }
}
