using System.Net;
using AgentMesh.Sidecar.Tests.Actors.Reminders;
using AgentMesh.Sidecar.Tests.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Actors.Timers;

/// <summary>The timer routes and what fires, with a clock that the tests move.</summary>
public sealed class TimerTests
{
    private const string Path = "/v1.0/actors/T/1/timers/t";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fires_WithWhatWasRegistered()
    {
        await using var app = await ReminderBehavior.ReminderApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app.App);
        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(sidecar, Path, """{"dueTime":"0h0m0s10ms","period":"R1/PT9S","data":{"a":1.0},"callback":"OnTimer"}"""));
        await app.NextAsync();
        var call = Assert.Single(app.App.Calls("PUT"));
        Assert.Equal("/actors/T/1/method/timer/t", call.Path);
        Assert.Equal("""{"callback":"OnTimer","data":{"a":1.0},"dueTime":"0h0m0s10ms","period":"R1/PT9S"}""", call.Body);
        Assert.False(call.Headers.ContainsKey("Dapr-Reentrancy-Id"));
    }

    [Fact]
    public async Task Ticks_DoNotOverlap_AndAreCaughtUp_AndAFailureDoesNotEndTheSeries()
    {
        await using var app = await ReminderBehavior.ReminderApp.StartAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Hold = release.Task;
        app.Status = call => call == 2 ? 500 : 200;
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var sidecar = await SidecarHarness.StartAsync(app.App, timeProvider: time);
        await PutAsync(sidecar, Path, """{"period":"10s","ttl":"30s"}""");
        await app.NextAsync();
        time.Advance(TimeSpan.FromSeconds(35));
        Assert.Single(app.App.Calls("PUT"));
        release.SetResult();
        for (var i = 0; i < 3; i++)
            await app.NextAsync();
        // Another timer of the actor comes after whatever was left of this one.
        await PutAsync(sidecar, Path + "2", "{}");
        await app.NextAsync();
        Assert.Equal(["t", "t", "t", "t", "t2"], app.App.Calls("PUT").Select(call => call.Path.Split('/')[^1]));
        Assert.Equal(1, app.MostAtOnce);
    }

    [Fact]
    public async Task SameName_Replaces_AndDelete_Ends()
    {
        await using var app = await ReminderBehavior.ReminderApp.StartAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var sidecar = await SidecarHarness.StartAsync(app.App, timeProvider: time);
        await PutAsync(sidecar, Path, """{"dueTime":"10s","data":1}""");
        await PutAsync(sidecar, Path, """{"dueTime":"0s","data":2}""");
        await app.NextAsync();
        await PutAsync(sidecar, Path, """{"dueTime":"20s","data":3}""");
        Assert.Equal(HttpStatusCode.NoContent, (await ReminderApiTests.SendAsync(sidecar, "DELETE", Path)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await ReminderApiTests.SendAsync(sidecar, "DELETE", Path)).Status);
        time.Advance(TimeSpan.FromSeconds(60));
        await PutAsync(sidecar, Path, """{"dueTime":"0s","data":4}""");
        await app.NextAsync();
        Assert.Equal(["2", "4"], app.App.Calls("PUT").Select(call => call.Body.Split("data\":")[1][..1]));
    }

    [Theory]
    [InlineData("/v1.0/actors/Other/1/timers/t", "{}", 500, "ERR_ACTOR_TIMER_CREATE")]
    [InlineData(Path, """{"period":"R0/PT1S"}""", 500, "ERR_ACTOR_TIMER_CREATE")]
    [InlineData(Path, """{"period":"soon"}""", 500, "ERR_ACTOR_TIMER_CREATE")]
    [InlineData(Path, """{"period":1}""", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("/v1.0/actors/dapr.internal.x/1/timers/t", "{}", 403, "ERR_ACTOR_TYPE_RESERVED")]
    public async Task Refusals(string path, string body, int status, string code)
    {
        await using var app = await StubApp.StartAsync();
        await using var sidecar = await SidecarHarness.StartAsync(app);
        var (actual, answer) = await ReminderApiTests.SendAsync(sidecar, "PUT", path, body);
        Assert.Equal(status, (int)actual);
        Assert.Contains(code, answer, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> PutAsync(SidecarHarness sidecar, string path, string body) =>
        (await ReminderApiTests.SendAsync(sidecar, "PUT", path, body)).Status;
}
