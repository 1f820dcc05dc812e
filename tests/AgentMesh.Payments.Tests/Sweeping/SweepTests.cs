using System.Text.Json;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Records;
using AgentMesh.Payments.Sweeping;
using AgentMesh.Payments.Tests.Fakes;

namespace AgentMesh.Payments.Tests.Sweeping;

/// <summary>Payments whose reminders are lost are found and go on.</summary>
public sealed class SweepTests
{
    private static readonly (string, string) IsOn = ("AgentMesh:Sweep:IntervalSeconds", "60");

    [Theory]
    [InlineData(nameof(Fault.BrokenAfter), PaymentStates.Settled)]
    [InlineData(nameof(Fault.BrokenBefore), PaymentStates.Failed)]
    public async Task UnknownPayment_WhoseReminderIsLost_IsDecidedAllTheSame(string fault, string end)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(IsOn);
        var payment = await BecomeUnknownAsync(world, host, Enum.Parse<Fault>(fault));
        await world.DriveAsync(() => IsNoted(world, payment));
        Lose(world, payment);
        // Each sweep is a minute after the last; the payment expires meanwhile.
        await WakeAsync(world, host, () => StateOf(world, payment) == (end == PaymentStates.Settled ? "Settled" : "Failed"));
        await host.RestAsync();
        await world.RecoverAsync(host);
        Assert.Equal(end == PaymentStates.Settled ? 1 : 0, world.Facilitator.Chain.Transfers);
        // What has nothing to do leaves the index.
        await WakeAsync(world, host, () => !IsNoted(world, payment));
    }

    [Fact]
    public async Task Reminder_IsThereAgain_AfterASweep()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(IsOn);
        world.Facilitator.Chain.IsAway = true;
        var payment = await BecomeUnknownAsync(world, host, Fault.BrokenAfter);
        await world.DriveAsync(() => IsNoted(world, payment));
        Lose(world, payment);
        await WakeAsync(world, host, () => world.Mesh.Reminded.Contains(payment));
        // And the entry is moved on, not removed.
        await host.RestAsync();
        Assert.True(IsNoted(world, payment));
    }

    [Fact]
    public async Task PaymentThatIsOverAtOnce_IsNeverNoted()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(IsOn);
        await host.BuyAsync(World.Buy(world.Sign()));
        await host.RestAsync();
        world.Time.Advance(TimeSpan.FromSeconds(6));
        await WakeAsync(world, host, () => world.Mesh.Calls.Contains("GET open-payments"));
        Assert.DoesNotContain("POST open-payments", world.Mesh.Calls);
    }

    [Fact]
    public async Task TwoProcessesThatSweep_LookAfterAPaymentOnce()
    {
        await using var world = await World.CreateAsync();
        await using var first = await world.StartAsync(IsOn);
        var payment = await BecomeUnknownAsync(world, first, Fault.BrokenAfter);
        await world.DriveAsync(() => IsNoted(world, payment));
        await using var second = await world.StartAsync(IsOn);
        Lose(world, payment);
        await WakeAsync(world, first, () => Looks() > 0);
        var firstLook = world.Time.GetUtcNow();
        await world.DriveAsync(() => StateOf(world, payment) == "Settled");
        // On a slow machine the clock may have come to the next sweep meanwhile, which looks again.
        Assert.InRange(Looks(), 1, 1 + (int)((world.Time.GetUtcNow() - firstLook) / TimeSpan.FromMinutes(1)));

        int Looks() => world.Mesh.Calls.Count(call => call == "call PaymentActor.LookAfter");
    }

    /// <summary>Whoever stops writes what it has not written: the whole mesh may stop, and its reminders be lost.</summary>
    [Fact]
    public async Task ProcessThatStops_NotesWhatIsOpen()
    {
        await using var world = await World.CreateAsync();
        string payment;
        await using (var host = await world.StartAsync(IsOn, ("AgentMesh:Sweep:NoteDelaySeconds", "60")))
            payment = await BecomeUnknownAsync(world, host, Fault.BrokenAfter);
        Assert.True(IsNoted(world, payment));
    }

    private static async Task<string> BecomeUnknownAsync(World world, PaymentsHost host, Fault fault)
    {
        world.Facilitator.OnSettle = fault;
        var payment = world.Sign();
        Assert.Equal(PaymentStates.Unknown, (await host.BuyAsync(World.Buy(payment))).State);
        await host.RestAsync();
        world.Facilitator.OnSettle = Fault.None;
        return payment.Id.ToString();
    }

    private static void Lose(World world, string payment)
    {
        world.Mesh.Remind(payment, "work", isThere: false);
        Assert.Empty(world.Mesh.Reminded);
    }

    private static string StateOf(World world, string payment) =>
        JsonElement.Parse(world.Mesh.Value(payment, "payment")!).GetProperty("status").GetString()!;

    private static bool IsNoted(World world, string payment) =>
        world.Mesh.State(PaymentStateKeys.OpenPayments(payment[0])) is { Value: var part } && part.Contains(payment, StringComparison.Ordinal);

    /// <summary>
    /// Lets minutes pass until it is so, the next one when a sweep has read the whole index since the last and what it began has ended: a minute that
    /// passes in the middle of a payment's calls times them out.
    /// </summary>
    private static async Task WakeAsync(World world, PaymentsHost host, Func<bool> isSo)
    {
        for (var minute = 0; minute < 10 && !isSo(); minute++)
        {
            var swept = Reads() + OpenPayments.Shards.Length;
            world.Time.Advance(TimeSpan.FromSeconds(66));
            // What was found in the last part is looked after when all are read, which takes real time.
            var begun = TimeProvider.System.GetTimestamp();
            await world.DriveAsync(() => isSo() || (Reads() >= swept && TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromMilliseconds(300)));
            await host.RestAsync();
        }

        Assert.True(isSo(), string.Join(", ", world.Mesh.Calls.TakeLast(12)));

        int Reads() => world.Mesh.Calls.Count(call => call == "GET open-payments");
    }
}
