using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Reentrancy;

/// <summary>dapr: actors/lock/call/reentry/max. How many calls may be inside each other.</summary>
public sealed class Depth(Meshes meshes)
{
    [Theory]
    [OnEveryTarget("reentrant", 32)]
    [OnEveryTarget("shallow", 3)]
    public async Task Calls_UpToTheLimit_Join_AndOneMoreIsRefused(Target target, string type, int limit)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor(type);
        var answers = new List<Answer>();
        actor.Probe.Handler = async (_, request) =>
        {
            var answer = await actor.CallAsync("dive", headers: ("Dapr-Reentrancy-Id", request.Header("Dapr-Reentrancy-Id")!));
            lock (answers)
                answers.Add(answer);
        };
        (await actor.CallAsync("dive")).Is(200);
        Assert.Equal(limit, actor.Probe.Count);
        answers[0].IsError(500, "ERR_ACTOR_STACK_DEPTH");
        Assert.All(answers.Skip(1), answer => answer.Is(200));

        // The turn was given back all the way.
        actor.Probe.Handler = (_, _) => Task.CompletedTask;
        (await actor.CallAsync("after")).Is(200);
    }
}
