using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.State;

/// <summary>dapr: actors/state/http.go. What an actor keeps, as its SDK asks for it.</summary>
public sealed class Http(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Key_ThatWasNeverWritten_Is204(Target target)
    {
        var actor = await ActiveAsync(target);
        (await actor.GetAsync("nothing")).Is(204, "");
    }

    [Theory]
    [OnEveryTarget("\"text\"")]
    [OnEveryTarget("7")]
    [OnEveryTarget("true")]
    [OnEveryTarget("[1,\"b\",false]")]
    [OnEveryTarget("{\"a\":{\"b\":[]}}")]
    [OnEveryTarget("\"Grüße <a>&\"")]
    public async Task Value_ComesBack(Target target, string value)
    {
        var actor = await ActiveAsync(target);
        (await actor.TransactAsync($$"""[{"operation":"upsert","request":{"key":"k","value":{{value}} } }]""")).Is(204, "");
        var answer = await actor.GetAsync("k");
        answer.Is(200, value);
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Value_OfNull_IsWrittenAndRead(Target target)
    {
        var actor = await ActiveAsync(target);
        (await actor.TransactAsync("""[{"operation":"upsert","request":{"key":"k","value":null}}]""")).Is(204);
        (await actor.GetAsync("k")).Is(200, "null");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Body_OfTheSdk_IsTextPlain(Target target)
    {
        var actor = await ActiveAsync(target);
        (await actor.Caller.SendAsync("PUT", $"{actor.Path}/state", """[{"operation":"upsert","request":{"key":"k","value":1}}]""", "text/plain; charset=utf-8")).Is(204);
        (await actor.GetAsync("k")).Is(200, "1");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Transaction_DoesAllItSays_InItsOrder(Target target)
    {
        var actor = await ActiveAsync(target);
        (await actor.TransactAsync("""[{"operation":"upsert","request":{"key":"old","value":1}},{"operation":"upsert","request":{"key":"twice","value":1}}]""")).Is(204);
        (await actor.TransactAsync("""
            [ {"operation":"delete","request":{"key":"old"}}, {"operation":"upsert","request":{"key":"new","value":2}},
              {"operation":"delete","request":{"key":"never-was"}}, {"operation":"upsert","request":{"key":"twice","value":2}} ]
            """)).Is(204);
        (await actor.GetAsync("old")).Is(204);
        (await actor.GetAsync("new")).Is(200, "2");
        (await actor.GetAsync("twice")).Is(200, "2");
    }

    [Theory]
    [OnEveryTarget("""[{"operation":"upsert","request":{"key":"a","value":1}},{"operation":"rename","request":{"key":"a"}}]""")]
    [OnEveryTarget("""[{"operation":"upsert","request":{"key":"a","value":1}},{"operation":"upsert","request":{"value":1}}]""")]
    public async Task Transaction_WithSomethingUnknown_WritesNothing(Target target, string operations)
    {
        var actor = await ActiveAsync(target);
        var answer = await actor.TransactAsync(operations);
        Assert.True(answer.Status is 400 or 500, answer.ToString());
        Assert.NotEmpty(answer.ErrorCode);
        (await actor.GetAsync("a")).Is(204);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Body_ThatIsNotJson_Is400(Target target) =>
        (await (await ActiveAsync(target)).TransactAsync("[{")).IsError(400, "ERR_MALFORMED_REQUEST");

    [Theory]
    [OnEveryTarget]
    public async Task State_OfAnActorThatIsNotActive_CannotBeWritten(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.TransactAsync("""[{"operation":"upsert","request":{"key":"k","value":1}}]""")).IsError(400, "ERR_ACTOR_INSTANCE_MISSING");
        (await actor.GetAsync("k")).Is(204);
    }

    [Theory]
    [OnEveryTarget]
    public async Task State_OfAReservedType_Is403(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        (await app.SendAsync("GET", "/v1.0/actors/dapr.internal.default.app.workflow/1/state/k")).IsError(403, "ERR_ACTOR_TYPE_RESERVED");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Actors_DoNotShareKeys(Target target)
    {
        var (one, other) = (await ActiveAsync(target), await ActiveAsync(target));
        (await one.TransactAsync("""[{"operation":"upsert","request":{"key":"k","value":1}}]""")).Is(204);
        (await other.GetAsync("k")).Is(204);
    }

    private async Task<ActorSide> ActiveAsync(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        await actor.ActivateAsync();
        return actor;
    }
}
