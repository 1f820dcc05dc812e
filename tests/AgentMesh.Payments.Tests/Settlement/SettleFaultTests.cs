using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Tests.Settlement;

/// <summary>What a facilitator can do with the order to settle, and what is made of it.</summary>
public sealed class SettleFaultTests
{
    [Theory]
    // The money has moved, and nobody said so.
    [InlineData(nameof(Fault.RefusedAfter), PaymentStates.Settled, null)]
    [InlineData(nameof(Fault.BrokenAfter), PaymentStates.Settled, null)]
    [InlineData(nameof(Fault.SilentAfter), PaymentStates.Settled, null)]
    // It has not, and nobody said so.
    [InlineData(nameof(Fault.RefusedBefore), PaymentStates.Failed, PaymentRefusals.AuthorizationExpired)]
    [InlineData(nameof(Fault.BrokenBefore), PaymentStates.Failed, PaymentRefusals.AuthorizationExpired)]
    public async Task AnOrderWithoutAnAnswer_IsUnknown_AndFoundOnTheChain(string fault, string end, string? reason)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.OnSettle = Enum.Parse<Fault>(fault);
        var purchase = World.Buy(world.Sign());
        var outcome = await host.BuyAsync(purchase);
        Assert.Equal((PaymentStates.Unknown, PaymentRefusals.PaymentUnknown, null, null), (outcome.State, outcome.Reason, outcome.Answer, outcome.PaymentResponse));
        Assert.Equal(10, outcome.RetryAfterSeconds);
        await host.RestAsync();
        // The same payment finds the same, and orders nothing.
        var again = await host.BuyAsync(purchase);
        Assert.True(again.State == PaymentStates.Unknown || again.State == end, again.State);
        world.Facilitator.OnSettle = Fault.None;
        await world.RecoverAsync(host);
        var found = await host.BuyAsync(purchase);
        Assert.Equal((end, reason, 1), (found.State, found.Reason, world.Facilitator.Settles));
        Assert.Equal(end == PaymentStates.Settled ? 1 : 0, world.Facilitator.Chain.Transfers);
        Assert.Equal(["payment.unknown", "payment." + end], world.Mesh.Published.Select(what => what.GetProperty("type").GetString()));
        if (end == PaymentStates.Settled)
            Assert.Equal(("Did: paint it", true), (found.Answer, PaymentHeaders.ReadResponse(found.PaymentResponse).Value!.Success));
    }

    [Theory]
    [InlineData("insufficient_funds", "", PaymentStates.Failed)]
    [InlineData("insufficient_funds", "0x89f1b8d0a3f2c7f0e4d5b6a79889786756453423120f1e2d3c4b5a6978695a4b", PaymentStates.Unknown)]
    [InlineData(X402Reasons.SettlementPending, "", PaymentStates.Unknown)]
    [InlineData(X402Reasons.NonceAlreadyUsed, "", PaymentStates.Unknown)]
    [InlineData("nonce_already_used", "", PaymentStates.Unknown)]
    [InlineData(X402Reasons.UnexpectedSettleError, "", PaymentStates.Unknown)]
    [InlineData(null, "", PaymentStates.Unknown)]
    public async Task ANo_IsBelieved_UnlessItSaysNothingOfTheChain(string? reason, string transaction, string state)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.OnSettle = Fault.None;
        world.Facilitator.SaysOfSettle = answer => answer with { Success = false, ErrorReason = reason, Transaction = transaction };
        var outcome = await host.BuyAsync(World.Buy(world.Sign()));
        Assert.Equal((state, null), (outcome.State, outcome.Answer));
        if (state == PaymentStates.Failed)
            Assert.Equal(reason, PaymentHeaders.ReadResponse(outcome.PaymentResponse).Value!.ErrorReason);
    }

    [Theory]
    [InlineData("network")]
    [InlineData("transaction")]
    [InlineData("payer")]
    public async Task AYes_ToAnotherPayment_IsUnknown(string what)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.SaysOfSettle = answer => what switch
        {
            "network" => answer with { Network = "eip155:8453" },
            "transaction" => answer with { Transaction = "done" },
            _ => answer with { Payer = "0x0000000000000000000000000000000000000001" },
        };
        var purchase = World.Buy(world.Sign());
        Assert.Equal(PaymentStates.Unknown, (await host.BuyAsync(purchase)).State);
        await host.RestAsync();
        await world.RecoverAsync(host);
        Assert.Equal(PaymentStates.Settled, (await host.BuyAsync(purchase)).State);
    }

    [Fact]
    public async Task APaymentThatSomebodyElseExecuted_IsCredited_AndOneThatWasCanceledIsNot()
    {
        foreach (var isCanceled in new[] { false, true })
        {
            await using var world = await World.CreateAsync();
            await using var host = await world.StartAsync();
            var payment = world.Sign();
            world.Facilitator.BeforeSettle = () =>
            {
                if (isCanceled)
                    world.Facilitator.Chain.Cancel(payment.Payment);
                else
                    world.Facilitator.Chain.Transfer(payment.Payment);
            };
            var purchase = World.Buy(payment);
            Assert.Equal(PaymentStates.Unknown, (await host.BuyAsync(purchase)).State);
            await host.RestAsync();
            await world.RecoverAsync(host);
            var found = await host.BuyAsync(purchase);
            Assert.Equal(isCanceled ? (PaymentStates.Failed, PaymentRefusals.AuthorizationCanceled) : (PaymentStates.Settled, null), (found.State, found.Reason));
            Assert.Equal(isCanceled ? null : "Did: paint it", found.Answer);
        }
    }

    [Fact]
    public async Task WithoutAWordOfTheChain_APaymentStaysUnknown_AndIsNotLookedForForEver()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:MaxLooks", "3"));
        world.Facilitator.OnSettle = Fault.BrokenAfter;
        world.Facilitator.Chain.IsAway = true;
        var purchase = World.Buy(world.Sign());
        await host.BuyAsync(purchase);
        await host.RestAsync();
        await world.RecoverAsync(host);
        Assert.Equal(PaymentStates.Unknown, (await host.BuyAsync(purchase)).State);
        // Whoever asks has it looked for once more.
        await host.RestAsync();
        world.Facilitator.Chain.IsAway = false;
        world.Time.Advance(TimeSpan.FromMinutes(11));
        await host.BuyAsync(purchase);
        await host.RestAsync();
        Assert.Equal((PaymentStates.Settled, 1), ((await host.BuyAsync(purchase)).State, world.Facilitator.Settles));
    }

    [Fact]
    public async Task ATransactionThatMovedNothing_IsNoPayment()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:MaxLooks", "3"));
        world.Facilitator.OnSettle = Fault.BrokenAfter;
        world.Facilitator.Chain.IsSilent = true;
        var purchase = World.Buy(world.Sign());
        await host.BuyAsync(purchase);
        await host.RestAsync();
        await world.RecoverAsync(host);
        Assert.Equal((PaymentStates.Unknown, null), ((await host.BuyAsync(purchase)).State, (await host.BuyAsync(purchase)).Answer));
    }

    [Theory]
    [InlineData("true", 2)]
    [InlineData("false", 1)]
    public async Task TheOrder_IsRepeatedOnlyToAFacilitatorThatIsDocumentedToTakeIt(string isIdempotent, int orders)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:SettleIsIdempotent", isIdempotent), ("AgentMesh:Payments:RpcUrl", ""));
        world.Facilitator.OnSettle = Fault.BrokenBefore;
        var purchase = World.Buy(world.Sign());
        await host.BuyAsync(purchase);
        await host.RestAsync();
        world.Facilitator.OnSettle = Fault.None;
        world.Time.Advance(TimeSpan.FromSeconds(6));
        await host.RemindAsync(world.Mesh.Reminded[0]);
        await host.RestAsync();
        Assert.Equal((orders, orders - 1), (world.Facilitator.Settles, world.Facilitator.Chain.Transfers));
        Assert.Equal(orders == 2 ? PaymentStates.Settled : PaymentStates.Unknown, (await host.BuyAsync(purchase)).State);
    }

    [Fact]
    public async Task ANoToARepeatedOrder_IsAProof_WhenThePaymentHasExpired_AndNotBefore()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:SettleIsIdempotent", "true"), ("AgentMesh:Payments:RpcUrl", ""));
        world.Facilitator.OnSettle = Fault.BrokenBefore;
        var purchase = World.Buy(world.Sign());
        await host.BuyAsync(purchase);
        await host.RestAsync();
        world.Facilitator.OnSettle = Fault.None;
        world.Facilitator.SaysOfSettle = answer => answer with { Success = false, ErrorReason = "insufficient_funds", Transaction = "" };
        world.Time.Advance(TimeSpan.FromSeconds(6));
        await host.RemindAsync(world.Mesh.Reminded[0]);
        await host.RestAsync();
        Assert.Equal(PaymentStates.Unknown, (await host.BuyAsync(purchase)).State);
        await world.RecoverAsync(host);
        var found = await host.BuyAsync(purchase);
        Assert.Equal((PaymentStates.Failed, PaymentRefusals.AuthorizationExpired), (found.State, found.Reason));
    }

    [Fact]
    public async Task AFacilitatorOfItsOwnUrl_IsCalledWithoutDapr()
    {
        await using var world = await World.CreateAsync();
        // The facilitator asserts that Dapr's token is not there.
        await using var host = await world.StartAsync(("AgentMesh:Payments:FacilitatorUrl", world.Facilitator.Address.ToString()), ("DAPR_API_TOKEN", "secret"));
        Assert.Equal(PaymentStates.Settled, (await host.BuyAsync(World.Buy(world.Sign()))).State);
        Assert.DoesNotContain(world.Mesh.Calls, call => call.StartsWith("facilitator", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFacilitatorThatIsNotReached_HasNotBeenGivenTheOrder()
    {
        await using var world = await World.CreateAsync();
        // A port where nobody listens, from the order on.
        await using var gone = await FakeFacilitator.StartAsync(world.Time);
        await using var host = await world.StartAsync(("AgentMesh:Payments:FacilitatorUrl", gone.Address.ToString()));
        Task? going = null;
        world.Mesh.Sell = _ =>
        {
            going ??= gone.DisposeAsync().AsTask();
            return going.IsCompleted ? "Done." : null;
        };
        var outcome = await host.BuyAsync(World.Buy(world.Sign()));
        Assert.Equal((PaymentStates.Failed, PaymentRefusals.PaymentNotSettled, null), (outcome.State, outcome.Reason, outcome.Answer));
    }
}
