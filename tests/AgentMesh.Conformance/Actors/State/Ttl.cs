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

    [Theory]
    [OnEveryTarget]
    public async Task Ttl_WithTheFlag_EndsTheValue_AlsoWhenItWasWrittenAgainWithoutOne(Target target)
    {
        var actor = (await meshes.FlaggedAsync(target)).App.Actor();
        await actor.ActivateAsync();
        (await actor.TransactAsync("""
            [ {"operation":"upsert","request":{"key":"mortal","value":1,"metadata":{"ttlInSeconds":"1"}}}, {"operation":"upsert","request":{"key":"stays","value":1}},
              {"operation":"upsert","request":{"key":"saved","value":1,"metadata":{"ttlInSeconds":"1"}}} ]
            """)).Is(204);
        // Redis' HSET keeps the time to live; one of -1 takes it away.
        (await actor.TransactAsync("""
            [ {"operation":"upsert","request":{"key":"mortal","value":2}}, {"operation":"upsert","request":{"key":"saved","value":2,"metadata":{"ttlInSeconds":"-1"}}} ]
            """)).Is(204);
        (await actor.GetAsync("mortal")).Is(200, "2");
        var clock = actor.Caller.Actor();
        (await clock.RemindAsync("clock", """{"dueTime":"1200ms"}""")).Is(204);
        await clock.Probe.NextAsync();
        (await actor.GetAsync("mortal")).Is(204);
        (await actor.GetAsync("stays")).Is(200, "1");
        (await actor.GetAsync("saved")).Is(200, "2");
    }
}
