using AgentMesh.Conformance.Apps;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Timers;

/// <summary>dotnet-sdk: Dapr.E2E.Test/Actors/TimerTests. Timers as the SDK writes them.</summary>
public sealed class OfTheSdk(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Timer_CallsItsMethod_UntilItIsUnregistered(Target target)
    {
        var (bell, rings) = (await meshes.SharedAsync(target)).Sdk.Bell();
        await bell.Time("t", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50));
        for (var tick = 0; tick < 5; tick++)
            Assert.Equal("timer AQID", await SdkApp.NextAsync(rings));
        await bell.Untime("t");
        await bell.Remind("then", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(-1), null, null);
        // What was under way before is still there to read; then the reminder, and nothing behind it.
        while (await SdkApp.NextAsync(rings) != "reminder then AQID")
        {
        }

        await bell.Remind("last", TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(-1), null, null);
        Assert.Equal("reminder last AQID", await SdkApp.NextAsync(rings));
    }
}
