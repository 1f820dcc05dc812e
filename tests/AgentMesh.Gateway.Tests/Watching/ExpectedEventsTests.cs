using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>An idle agent is asked again as long as somebody expects an event of it, and no longer.</summary>
public sealed class ExpectedEventsTests : WatchTest
{
    private static readonly AgentKey Alice = new(TenantId.Default, UserId.Parse("alice"));

    [Fact]
    public async Task AgentIsAskedAgain_UntilNobodyExpectsAnythingOfIt()
    {
        await using var gateway = Start();
        var clock = new FakeTimeProvider();
        var hub = new WatchHub(gateway.Services.GetRequiredService<AgentCalls>(), Options.Create(new WatchOptions()), clock);
        using var watcher = hub.Join(Alice);
        await watcher.StartAsync(0, Token);
        Assert.False(await IsDueAsync());

        var first = watcher.Agent.ExpectEvents();
        var second = watcher.Agent.ExpectEvents();
        Assert.True(await IsDueAsync());
        first.Dispose();
        Assert.True(await IsDueAsync());
        second.Dispose();
        second.Dispose();
        Assert.False(await IsDueAsync());
        using var third = watcher.Agent.ExpectEvents();
        Assert.True(await IsDueAsync());

        async Task<bool> IsDueAsync()
        {
            // Longer than any time between two questions.
            clock.Advance(TimeSpan.FromSeconds(60));
            hub.Check(clock.GetTimestamp());
            if (!hub.Due.TryRead(out var due))
                return false;
            await due.CatchUpAsync(Token);
            return true;
        }
    }
}
