using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Reentrancy;

/// <summary>dapr: actors/lock/call/reentry. The id that lets a call join the turn it comes from.</summary>
public sealed class Ids(Meshes meshes)
{
    private const string Header = "Dapr-Reentrancy-Id";

    [Theory]
    [OnEveryTarget]
    public async Task Call_WithoutAnId_GetsOne_AndACallWithItJoins(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor("reentrant");
        actor.Probe.Handler = async (context, request) =>
        {
            if (request.Target.EndsWith("/outer", StringComparison.Ordinal))
                await Apps.Probe.AnswerAsync(context, 200, (await actor.CallAsync("inner", headers: (Header, request.Header(Header) ?? ""))).Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        };
        (await actor.CallAsync("outer")).Is(200, "200");
        var outer = await actor.Probe.NextAsync();
        var inner = await actor.Probe.NextAsync();
        Assert.True(Guid.TryParse(outer.Header(Header), out _), outer.Header(Header));
        Assert.Equal(outer.Header(Header), inner.Header(Header));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Call_WithAnId_KeepsIt(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor("reentrant");
        (await actor.CallAsync(headers: (Header, "of the caller"))).Is(200);
        Assert.Equal("of the caller", (await actor.Probe.NextAsync()).Header(Header));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Call_WithAnotherId_Waits(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor("reentrant");
        var release = actor.Probe.Holds();
        var running = actor.CallAsync("first", headers: (Header, "a"));
        await actor.Probe.NextAsync();
        var waiting = actor.CallAsync("second", headers: (Header, "b"));
        (await actor.Caller.Actor("reentrant").CallAsync()).Is(200);
        Assert.Equal(1, actor.Probe.Count);
        release.SetResult();
        (await running).Is(200);
        (await waiting).Is(200);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Type_ThatIsNotReentrant_GetsNoId_AndDoesNotJoin(Target target)
    {
        // The app's own settings for the type win over the common `reentrancy`.
        var actor = (await meshes.SharedAsync(target)).App.Actor("plain");
        (await actor.CallAsync("first")).Is(200);
        Assert.Null((await actor.Probe.NextAsync()).Header(Header));

        var release = actor.Probe.Holds();
        var running = actor.CallAsync("second", headers: (Header, "same"));
        Assert.Equal("same", (await actor.Probe.NextAsync()).Header(Header));
        var waiting = actor.CallAsync("third", headers: (Header, "same"));
        (await actor.Caller.Actor().CallAsync()).Is(200);
        Assert.Equal(2, actor.Probe.Count);
        release.SetResult();
        (await running).Is(200);
        (await waiting).Is(200);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Callbacks_CarryNoId(Target target)
    {
        // dapr/dapr#8514: no reentrancy from reminders and timers.
        var actor = (await meshes.SharedAsync(target)).App.Actor("reentrant");
        (await actor.RemindAsync("r", """{"dueTime":"0s"}""")).Is(204);
        Assert.Null((await actor.Probe.NextAsync()).Header(Header));
        (await actor.TimeAsync("t", """{"dueTime":"0s"}""")).Is(204);
        Assert.Null((await actor.Probe.NextAsync()).Header(Header));
    }
}
