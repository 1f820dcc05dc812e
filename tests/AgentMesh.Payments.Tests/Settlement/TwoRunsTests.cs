using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;

namespace AgentMesh.Payments.Tests.Settlement;

/// <summary>Two processes that both believe to have a payment: a double activation, and a run that was taken for dead.</summary>
public sealed class TwoRunsTests
{
    public static TheoryData<string> Meetings =>
    [
        "GET state", "call PaymentActor.Receive", "facilitator verify", "PUT reminder", "PUT state Verified", "call PaymentActor.GetWork", "GET claim", "POST claim",
        "PUT state Executing", "call PaymentActor.Report executing",
    ];

    public static TheoryData<string, int> Pauses => new()
    {
        { "PUT state Verified", 1 }, { "call PaymentActor.GetWork", 1 }, { "GET claim", 1 }, { "POST claim", 1 },
        { "call PaymentActor.Report executing", 1 }, { "PUT state Executing", 1 }, { "call AgentActor.PostMessage", 1 }, { "call PaymentActor.Report executed", 1 },
        { "PUT state Executed", 1 }, { "call PaymentActor.Report settling", 1 }, { "PUT state Settling", 1 }, { "GET claim", 2 }, { "POST claim", 2 },
        { "facilitator settle", 1 }, { "call PaymentActor.Report settled", 1 }, { "PUT state Settled", 1 },
        { "call AgentActor.RecordPayment", 1 }, { "call PaymentActor.Report recorded", 1 }, { "publish", 1 },
    };

    [Theory]
    [MemberData(nameof(Meetings))]
    public async Task TwoActivations_OfOnePayment_DoItOnce(string meeting)
    {
        await using var world = await World.CreateAsync();
        await using var first = await world.StartAsync();
        await using var second = await world.StartAsync();
        var purchase = World.Buy(world.Sign());
        var arrived = 0;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Neither goes on with this call before the other has come to it.
        world.Mesh.Before = async call =>
        {
            if (call != meeting || both.Task.IsCompleted)
                return;
            if (Interlocked.Increment(ref arrived) == 2)
                both.SetResult();
            // One that the other never comes to is not waited for.
            await Task.WhenAny(both.Task, Task.Delay(60, TestContext.Current.CancellationToken));
            both.TrySetResult();
        };
        var outcomes = await Task.WhenAll(first.BuyAsync(purchase), second.BuyAsync(purchase));
        await first.RestAsync();
        await second.RestAsync();
        await world.RecoverAsync(second);
        var end = await second.BuyAsync(purchase);
        Assert.Equal((PaymentStates.Settled, "Did: paint it"), (end.State, end.Answer));
        Assert.Equal((1, 1, 1), (world.Facilitator.Settles, world.Facilitator.Chain.Transfers, world.Mesh.Executions));
        Assert.All(outcomes, outcome => Assert.NotEqual(PaymentStates.Failed, outcome.State));
        Assert.All(outcomes.Where(outcome => outcome.State == PaymentStates.Settled), outcome => Assert.Equal(end, outcome));
    }

    [Theory]
    [MemberData(nameof(Pauses))]
    public async Task ARunThatWasTakenForDead_DoesNothingTwice(string pausedAt, int occurrence)
    {
        await using var world = await World.CreateAsync();
        await using var first = await world.StartAsync();
        await using var second = await world.StartAsync();
        var payment = world.Sign();
        var purchase = World.Buy(payment);
        var seen = 0;
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Mesh.Before = call =>
        {
            // A process that stands still does not say that it lives either.
            if (call.EndsWith(" alive", StringComparison.Ordinal))
                return wake.Task;
            if (call != pausedAt || paused.Task.IsCompleted || Interlocked.Increment(ref seen) != occurrence)
                return Task.CompletedTask;
            paused.SetResult();
            return wake.Task;
        };
        // Its purchase is answered late, or not at all.
        var buying = first.Http.PostAsync(
            new Uri("payments", UriKind.Relative), JsonContent.Create(purchase, ContractsJson.Default.Purchase), CancellationToken.None);
        await world.DriveAsync(() => paused.Task.IsCompleted);
        // Its lease ends, which it does not notice, and a reminder comes to the other process.
        world.Time.Advance(TimeSpan.FromSeconds(16));
        await second.RemindAsync(payment.Id.ToString());
        await second.RestAsync();
        wake.SetResult();
        await first.RestAsync();
        // Whoever asks finds a record that was overwritten, and has it put right.
        await second.BuyAsync(purchase);
        await second.RestAsync();
        await world.RecoverAsync(second);
        var end = await second.BuyAsync(purchase);
        Assert.True(end.State is PaymentStates.Settled or PaymentStates.Failed, end.State);
        Assert.True(world.Facilitator.Settles <= 1);
        Assert.Equal((end.State == PaymentStates.Settled ? 1 : 0, 1), (world.Facilitator.Chain.Transfers, world.Mesh.Executions));
        await world.DriveAsync(() => buying.IsCompleted);
    }
}
