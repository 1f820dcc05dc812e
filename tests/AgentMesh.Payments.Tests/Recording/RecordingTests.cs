using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;

namespace AgentMesh.Payments.Tests.Recording;

/// <summary>What sellers' agents are told of their payments.</summary>
public sealed class RecordingTests
{
    [Fact]
    public async Task SettledPayment_IsInItsSellersRecords()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign();
        var terms = payment.Payment.Authorization;
        AgentPayment? begun = null;
        world.Mesh.Sell = message =>
        {
            begun = message.Payment;
            return "Done.";
        };
        await host.BuyAsync(World.Buy(payment));
        await host.RestAsync();
        var told = world.Mesh.Recorded(payment.Id.ToString())!;
        Assert.Equal((PaymentStates.Settled, 66, null), (told.State, told.Transaction!.Length, told.Reason));
        // With the work came the same payment, before anything was done for it.
        Assert.Equal(told with { State = PaymentStates.Executing, UpdatedAt = told.CreatedAt, Transaction = null }, begun);
        Assert.Equal(
            (payment.Id.ToString(), PaymentDirections.In, "100000", 6, "eip155:84532", payment.Payment.Asset.ToString(), terms.From.ToString(), terms.To.ToString(), World.Url),
            (told.Id, told.Direction, told.AmountAtomic, told.Decimals, told.Network, told.Asset, told.Payer, told.Payee, told.Resource));
    }

    [Fact]
    public async Task UnknownPayment_IsRecorded_AndItsOutcomeAfterIt()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.OnSettle = Fault.BrokenAfter;
        var payment = world.Sign();
        await host.BuyAsync(World.Buy(payment));
        await host.RestAsync();
        Assert.Equal((PaymentStates.Unknown, PaymentRefusals.PaymentUnknown), StateOf(world, payment.Id.ToString()));
        world.Facilitator.OnSettle = Fault.None;
        await world.RecoverAsync(host);
        Assert.Equal((PaymentStates.Settled, null), StateOf(world, payment.Id.ToString()));
    }

    [Fact]
    public async Task FailureAfterTheWork_IsRecorded_AndOneBeforeIsNot()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.SaysOfSettle = answer => answer with { Success = false, ErrorReason = "insufficient_funds", Transaction = "" };
        var worked = world.Sign();
        await host.BuyAsync(World.Buy(worked));
        world.Mesh.SellerRefuses = "invalid_tool_call";
        var refused = world.Sign();
        await host.BuyAsync(World.Buy(refused));
        await host.RestAsync();
        Assert.Equal((PaymentStates.Failed, "insufficient_funds"), StateOf(world, worked.Id.ToString()));
        Assert.Null(world.Mesh.Recorded(refused.Id.ToString()));
        Assert.Empty(world.Mesh.Reminded);
    }

    /// <summary>Nobody else waits for an agent that is away, and it is told in the end.</summary>
    [Fact]
    public async Task AgentThatIsAway_IsToldLater()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Mesh.SellerForgets = "agent_quarantined";
        var payment = world.Sign();
        Assert.Equal(PaymentStates.Settled, (await host.BuyAsync(World.Buy(payment))).State);
        await host.RestAsync();
        Assert.Equal("payment.settled", Assert.Single(world.Mesh.Published).GetProperty("type").GetString());
        Assert.Equal((PaymentStates.Executing, null), StateOf(world, payment.Id.ToString()));
        Assert.Single(world.Mesh.Reminded);
        world.Mesh.SellerForgets = null;
        await world.RecoverAsync(host);
        Assert.Equal((PaymentStates.Settled, null), StateOf(world, payment.Id.ToString()));
        Assert.Single(world.Mesh.Published);
    }

    /// <summary>Hours without the agent, and the looks for its unknown payment are all still there.</summary>
    [Fact]
    public async Task AgentThatIsAway_UsesUpNoLooks()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:MaxLooks", "3"), ("AgentMesh:Payments:LookIntervalSeconds", "600"));
        world.Mesh.SellerForgets = "agent_quarantined";
        world.Facilitator.OnSettle = Fault.BrokenAfter;
        var payment = world.Sign();
        await host.BuyAsync(World.Buy(payment));
        await host.RestAsync();
        world.Facilitator.OnSettle = Fault.None;
        for (var run = 0; run < 10; run++)
        {
            world.Time.Advance(TimeSpan.FromSeconds(16));
            await host.RemindAsync(payment.Id.ToString());
            await host.RestAsync();
        }

        world.Mesh.SellerForgets = null;
        world.Time.Advance(TimeSpan.FromSeconds(600));
        await host.RemindAsync(payment.Id.ToString());
        await host.RestAsync();
        Assert.Equal((PaymentStates.Settled, null), StateOf(world, payment.Id.ToString()));
    }

    private static (string State, string? Reason) StateOf(World world, string payment) => world.Mesh.Recorded(payment) is { } told ? (told.State, told.Reason) : default;
}
