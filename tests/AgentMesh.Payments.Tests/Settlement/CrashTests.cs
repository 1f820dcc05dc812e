using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;

namespace AgentMesh.Payments.Tests.Settlement;

/// <summary>The process dies at each of its calls, before or after it is done, and another one takes over.</summary>
public sealed class CrashTests
{
    /// <summary>Calls of one payment from the beginning to its event, found by a run without a crash.</summary>
    private const int CallsOfAll = 41;

    /// <summary>With those that ask how far it is, two each, or say that the run lives, three each: how many there are depends on the time it takes.</summary>
    private const int Calls = CallsOfAll + 2 * 5;

    private const string Identifier = "pay_0123456789abcdef";

    public static TheoryData<int, string> EveryCall =>
        [.. Enumerable.Range(0, Calls).SelectMany(call => new[] { nameof(Fault.BrokenBefore), nameof(Fault.BrokenAfter) }.Select(fault => (call, fault)))];

    [Fact]
    public async Task TheTable_HasEveryCall()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)));
        await host.RestAsync();
        var calls = world.Mesh.Calls;
        var looks = calls.Count(call => call == $"call PaymentActor.{nameof(IPaymentActor.GetStatus)}");
        var renewals = calls.Count(call => call == $"call PaymentActor.{nameof(IPaymentActor.Report)} {PaymentSteps.Alive}");
        Assert.True(CallsOfAll == calls.Count - 2 * looks - 3 * renewals, string.Join('\n', calls));
    }

    [Theory]
    [MemberData(nameof(EveryCall))]
    public async Task TheProcessDies_AtAnyCall_AndThePaymentIsChargedOnceOrNotAtAll(int dies, string fault)
    {
        await using var world = await World.CreateAsync();
        var payment = world.Sign(identifier: Identifier);
        var purchase = World.Buy(payment);
        var isDead = false;
        string? last = null;
        world.Mesh.Faults = (call, name) =>
        {
            if (isDead)
                return Fault.BrokenBefore;
            isDead = call == dies;
            last = isDead ? name : last;
            return isDead ? Enum.Parse<Fault>(fault) : Fault.None;
        };
        await using (var first = await world.StartAsync())
        {
            // Nobody hears what a process says that dies.
            _ = first.Http.PostAsync(new Uri("payments", UriKind.Relative), Body(purchase), CancellationToken.None)
                .ContinueWith(static _ => { }, TaskScheduler.Default);
            await world.DriveAsync(() => isDead || world.Mesh.Calls.Count > 0 && world.Mesh.Reminded.Count == 0 && !world.Mesh.Published.IsEmpty);
        }

        world.Mesh.Faults = static (_, _) => Fault.None;
        await using var second = await world.StartAsync();
        await world.RecoverAsync(second);
        await ExpectAsync(world, second, payment.Id.ToString(), purchase, last);
    }

    [Theory]
    [MemberData(nameof(EveryCall))]
    public async Task AnAnswerIsLost_AtAnyCall_AndThePaymentIsChargedOnceOrNotAtAll(int lost, string fault)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign(identifier: Identifier);
        // Where the answer is lost that says it is paid, it is not waited for until the payment's reminder comes.
        var purchase = World.Buy(payment) with { WaitSeconds = 20 };
        string? last = null;
        world.Mesh.Faults = (call, name) =>
        {
            if (call != lost)
                return Fault.None;
            last = name;
            return fault == nameof(Fault.BrokenBefore) ? Fault.RefusedBefore : Fault.RefusedAfter;
        };
        var (_, outcome, _) = await host.TryBuyAsync(purchase);
        if (outcome is { State: PaymentStates.Settled })
            Assert.Equal(1, world.Facilitator.Chain.Transfers);
        await host.RestAsync();
        await world.RecoverAsync(host);
        world.Mesh.Faults = static (_, _) => Fault.None;
        await ExpectAsync(world, host, payment.Id.ToString(), purchase, last);
    }

    private static async Task ExpectAsync(World world, PaymentsHost host, string paymentId, Purchase purchase, string? at)
    {
        var info = await host.ReadAsync(paymentId);
        // Before it was stored there is nothing, and nothing was done.
        var expected = info is null ? 0 : 1;
        Assert.True(world.Facilitator.Settles <= 1, $"Settled twice: {at}");
        Assert.True(world.Facilitator.Chain.Transfers <= 1);
        Assert.True(world.Mesh.Executions <= expected);
        if (info is null)
        {
            Assert.Equal((PaymentStates.Settled, 1), ((await host.BuyAsync(purchase)).State, world.Facilitator.Settles));
            return;
        }

        // Never in between, and never unknown for ever.
        Assert.True(info.State is PaymentStates.Settled or PaymentStates.Failed, $"{info.State}: {at}");
        Assert.Equal(info.State == PaymentStates.Settled ? 1 : 0, world.Facilitator.Chain.Transfers);
        Assert.True(info.WasVerified || info.State == PaymentStates.Failed);
        Assert.Equal(info.State == PaymentStates.Settled ? "Did: paint it" : null, info.Answer);
        var again = await host.BuyAsync(purchase);
        if (info.WasVerified)
        {
            Assert.Equal((info.State, info.Answer), (again.State, again.Answer));
            Assert.Contains(world.Mesh.Published, what => what.GetProperty("type").GetString() == $"payment.{info.State}");
            // In the seller's own records as well, if it has worked.
            var recorded = world.Mesh.Recorded(paymentId);
            Assert.Equal(world.Mesh.Executions == 1 ? (info.State, info.Transaction) : (null, null), (recorded?.State, recorded?.Transaction));
        }

        Assert.True(world.Facilitator.Settles <= 1);
        Assert.True(world.Mesh.Executions <= 1);
        // Another payment for the same is worked for if this one came to nothing, and otherwise finds what became of it.
        var other = await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)));
        Assert.Equal((PaymentStates.Settled, info.State == PaymentStates.Settled), (other.State, other.PaymentId == paymentId));
        Assert.Equal(1, world.Facilitator.Chain.Transfers);
    }

    private static JsonContent Body(Purchase purchase) =>
        JsonContent.Create(purchase, ContractsJson.Default.Purchase);
}
