using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using AgentMesh.EndToEnd;

namespace AgentMesh.CrashTest;

/// <summary>Events whose subscriber dies with some of them in its hands, under the policies of <c>components/</c>.</summary>
public sealed class SubscriberKillTests
{
    /// <summary>Every fiftieth event is one that nobody can handle.</summary>
    private const int Unhandleable = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EveryPublishedEvent_IsHandledOrDeadLettered_WhateverIsKilled(StoreKind kind)
    {
        Chaos.UnlessOn(kind, StoreKind.Embedded);
        var (events, kills) = Chaos.IsLong ? (1_000, 20) : (100, 2);
        var chaos = Chaos.Begin();
        await using var store = await TestStore.CreateAsync(kind);
        await using var probe = await Probe.StartAsync(store);

        var segment = events / kills;
        for (var first = 1; first <= events; first += segment)
        {
            // In the middle of a segment: events are in the app's hands, others on their way, others not published yet.
            var killAt = first + chaos.Random.Next(segment);
            Task killed = Task.CompletedTask;
            for (var number = first; number < first + segment; number++)
            {
                await PublishAsync(probe, number % Unhandleable == 0 ? -number : number);
                if (number == killAt)
                    killed = probe.KillAsync(probe.Pids[0]);
            }

            await killed;
        }

        var expected = Enumerable.Range(1, events).Where(number => number % Unhandleable != 0).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        var poison = Enumerable.Range(1, events / Unhandleable).Select(number => (-number * Unhandleable).ToString(CultureInfo.InvariantCulture)).ToList();
        await probe.WaitForAsync(() => !Lost().Any(), Patience);

        Assert.Empty(Lost());
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{events} events, {kills} kills: {probe.Noted("event").Count - expected.Count} repeats, {probe.Noted("dead").Count} dead letters");

        IEnumerable<string> Lost() => expected.Except(probe.Noted("event")).Concat(poison).Except(probe.Noted("dead"));
    }

    private static async Task PublishAsync(Probe probe, int number)
    {
        using var answer = await probe.Sidecar.PostAsJsonAsync("/v1.0/publish/pubsub/probe-events", number, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }
}
