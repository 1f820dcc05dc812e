using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;
using Dapr.Actors;

namespace AgentMesh.Conformance.Actors.Reminders;

/// <summary>dotnet-sdk: Dapr.E2E.Test/Actors/ReminderTests. Reminders as the SDK writes and reads them.</summary>
public sealed class OfTheSdk(Meshes meshes)
{
    private static readonly TimeSpan Never = TimeSpan.FromMilliseconds(-1);

    [Theory]
    [OnEveryTarget]
    public async Task EachFiftyMilliseconds_UntilTheActorHasEnough(Target target)
    {
        var (bell, rings) = (await meshes.SharedAsync(target)).Sdk.Bell();
        // The actor unregisters it in its tenth tick.
        await bell.Remind("r", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), null, null);
        for (var tick = 0; tick < 10; tick++)
            Assert.Equal("reminder r AQID", await SdkApp.NextAsync(rings));
        await bell.Remind("last", TimeSpan.FromMilliseconds(300), Never, null, null);
        Assert.Equal("reminder last AQID", await SdkApp.NextAsync(rings));
    }

    [Theory]
    [OnEveryTarget(2, null)]
    [OnEveryTarget(2, 10)]
    [OnEveryTarget(null, 2)]
    public async Task RepetitionsAndTtl_EndIt(Target target, int? repetitions, int? ttlSeconds)
    {
        var (bell, rings) = (await meshes.SharedAsync(target)).Sdk.Bell();
        await bell.Remind("r", TimeSpan.Zero, TimeSpan.FromSeconds(1), repetitions, ttlSeconds is { } ttl ? TimeSpan.FromSeconds(ttl - 0.5) : null);
        for (var tick = 0; tick < 2; tick++)
            Assert.Equal("reminder r AQID", await SdkApp.NextAsync(rings));
        await bell.Remind("last", TimeSpan.FromMilliseconds(1300), Never, null, null);
        Assert.Equal("reminder last AQID", await SdkApp.NextAsync(rings));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Get_ReadsIt_AndThrowsForOneThatIsMissing(Target target)
    {
        var (bell, _) = (await meshes.SharedAsync(target)).Sdk.Bell();
        await bell.Remind("r", TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), null, null);
        Assert.Equal("r 00:05:00 AQID", await bell.Find("r"));
        var missing = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => bell.Find("missing"));
        Assert.Contains("actor reminder not found", missing.InnerException!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [OnEveryTarget]
    public async Task WholeDays_WithRepetitions_AreRefused(Target target)
    {
        // The SDK writes R2/P1DT, which no runtime takes: dapr.md 2.8.
        var (bell, _) = (await meshes.SharedAsync(target)).Sdk.Bell();
        await Assert.ThrowsAsync<ActorMethodInvocationException>(() => bell.Remind("r", TimeSpan.FromHours(1), TimeSpan.FromDays(1), 2, null));
    }
}
