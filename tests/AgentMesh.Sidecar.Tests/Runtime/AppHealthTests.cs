using System.Net;
using AgentMesh.Sidecar.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Runtime;

/// <summary>daprd's app health check, after the start (2.14 of the contract), with probes that the tests set off.</summary>
public sealed class AppHealthTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly SemaphoreSlim _probed = new(0);
    private StubApp _app = null!;
    private SidecarHarness _sidecar = null!;
    private volatile bool _sick;
    private volatile bool _hanging;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await StubApp.StartAsync();
        _app.Handler = async (context, _) =>
        {
            if (context.Request.Path == "/healthz")
            {
                context.Response.StatusCode = _sick ? 503 : 200;
                _probed.Release();
            }
            else if (_hanging)
            {
                // As a stopped process: it takes the request and never answers.
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        };
        var app = SidecarHarness.Define("app", _app.Port) with
        {
            // A probe's time is long: the clock jumps while one is on its way.
            Health = new AppHealthOptions("/healthz", Interval, TimeSpan.FromDays(1), 3),
        };
        _sidecar = await SidecarHarness.StartAsync([app, SidecarHarness.Define("caller", TestPorts.Next())], timeProvider: _time);
        await _sidecar.ConnectAsync();
        await _probed.WaitAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _sidecar.DisposeAsync();
        await _app.DisposeAsync();
        _probed.Dispose();
    }

    [Fact]
    public async Task ThreeFailuresInARow_TakeTheActors_OneSuccessBringsThemBack()
    {
        Assert.Equal(HttpStatusCode.OK, await CallAsync("1"));
        _sick = true;
        await ProbeAsync();
        await ProbeAsync();
        _sick = false;
        await ProbeAsync();
        _sick = true;
        await ProbeAsync();
        await ProbeAsync();
        Assert.True(IsServed);
        await ProbeAsync();
        await UntilAsync(() => !IsServed);

        // It can still hear: it is told to forget its actors.
        await UntilAsync(() => _app.Calls("DELETE").Any());
        Assert.Equal(HttpStatusCode.BadRequest, await WriteStateAsync("1"));
        using var health = await _sidecar.Client.GetAsync("/v1.0/healthz", Token);
        Assert.Equal(HttpStatusCode.InternalServerError, health.StatusCode);
        using var reminder = await _sidecar.Client.PutAsync("/v1.0/actors/T/1/reminders/r", new StringContent("""{"dueTime":"1h"}"""), Token);
        Assert.Equal(HttpStatusCode.Forbidden, reminder.StatusCode);

        _sick = false;
        await ProbeAsync();
        await UntilAsync(() => IsServed);
        Assert.Equal(HttpStatusCode.OK, await CallAsync("1"));
        Assert.Equal(HttpStatusCode.NoContent, await WriteStateAsync("1"));
    }

    [Fact]
    public async Task Unhealthy_CallsEnd_LateWritesAreRefused_AndTheOldInstanceIsForgottenBeforeTheNextCall()
    {
        Assert.Equal(HttpStatusCode.OK, await CallAsync("1"));
        _hanging = _sick = true;
        var hanging = CallAsync("1");
        await UntilAsync(() => _app.Calls("PUT").Count() == 2);
        for (var i = 0; i < 3; i++)
            await ProbeAsync();

        // The process never answers; its caller is not left waiting.
        Assert.Equal(HttpStatusCode.InternalServerError, await hanging);
        Assert.Equal(HttpStatusCode.BadRequest, await WriteStateAsync("1"));

        await UntilAsync(() => _app.Calls("DELETE").Any());
        _hanging = _sick = false;
        while (!IsServed)
        {
            // The first step ends the deactivation that hangs.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
        }

        // Healthy again, but the actor is not active: what its cut-off turn still sends is too late.
        Assert.Equal(HttpStatusCode.BadRequest, await WriteStateAsync("1"));
        Assert.Equal(HttpStatusCode.OK, await CallAsync("1"));
        Assert.Equal(["PUT", "PUT", "DELETE", "DELETE", "PUT"], _app.Requests.Where(request => request.Path.StartsWith("/actors/", StringComparison.Ordinal)).Select(request => request.Method));
        Assert.Equal(HttpStatusCode.NoContent, await WriteStateAsync("1"));
    }

    [Fact]
    public async Task Unhealthy_InvocationIsAnError_AtOnce()
    {
        _sick = true;
        for (var i = 0; i < 3; i++)
            await ProbeAsync();
        await UntilAsync(() => !IsServed);
        using var answer = await _sidecar.Client.GetAsync("/v1.0/invoke/app/method/hello", Token);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("app is not in a healthy state", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Death_WhileUnhealthy_EndsTheProbes_AndASuccessorIsServed()
    {
        _sick = true;
        for (var i = 0; i < 3; i++)
            await ProbeAsync();
        await UntilAsync(() => !IsServed);
        await _sidecar.DisconnectAsync();
        await _sidecar.DisconnectAsync();
        _sick = false;
        await _sidecar.ConnectAsync();
        Assert.True(IsServed);
        Assert.Equal(HttpStatusCode.OK, await CallAsync("1"));
    }

    private bool IsServed => _sidecar.Client.GetAsync("/v1.0/healthz", Token).GetAwaiter().GetResult().StatusCode == HttpStatusCode.NoContent;

    /// <summary>Sets the next probe off and waits until it has come to the app.</summary>
    private async Task ProbeAsync()
    {
        do
            _time.Advance(Interval);
        while (!await _probed.WaitAsync(TimeSpan.FromMilliseconds(50), Token));
    }

    // The sidecar acts on a probe after the app has answered it, and gives no signal of that.
    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), Token);
    }

    private async Task<HttpStatusCode> CallAsync(string id)
    {
        using var answer = await _sidecar.Client.PutAsync($"/v1.0/actors/T/{id}/method/Do", null, Token);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> WriteStateAsync(string id)
    {
        using var content = new StringContent("""[{"operation":"upsert","request":{"key":"k","value":1}}]""");
        using var answer = await _sidecar.Client.PutAsync($"/v1.0/actors/T/{id}/state", content, Token);
        return answer.StatusCode;
    }
}
