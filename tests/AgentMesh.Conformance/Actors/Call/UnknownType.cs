using System.Diagnostics;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dapr: actors/nostore/nostore.go. A type nobody hosts is looked up for five seconds: its host may be on its way.</summary>
public sealed class UnknownType(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Call_IsRefusedAfterTheLookups_With500(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var started = Stopwatch.GetTimestamp();
        var answer = await mesh.App.SendAsync("POST", "/v1.0/actors/nobodys/1/method/do");
        answer.IsError(500, "ERR_ACTOR_INVOKE_METHOD", "did not find address for actor 'nobodys||1'");
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 3, 15);
    }
}
