using System.Net;
using System.Text;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;
using AgentMesh.X402.Codecs;

namespace AgentMesh.Payments.Tests.Purchases;

public sealed class PurchaseTests
{
    [Theory]
    [InlineData(1, "X-PAYMENT-RESPONSE", "base-sepolia")]
    [InlineData(2, "PAYMENT-RESPONSE", "eip155:84532")]
    public async Task APaidRequest_IsAnswered_AndChargedOnce(int version, string header, string network)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign(version);
        var outcome = await host.BuyAsync(World.Buy(payment));
        await host.RestAsync();
        Assert.Equal(outcome, await host.ReadOutcomeAsync(payment.Id.ToString()));
        Assert.Null(await host.ReadOutcomeAsync(new string('0', 64)));
        Assert.Null(await host.ReadOutcomeAsync("x"));
        Assert.Equal((PaymentStates.Settled, "Did: paint it", payment.Id.ToString()), (outcome.State, outcome.Answer, outcome.PaymentId));
        Assert.Equal(header, outcome.PaymentResponseHeader);
        var receipt = PaymentHeaders.ReadResponse(outcome.PaymentResponse).Value!;
        Assert.Equal((true, network, payment.Payment.Authorization.From.ToString()), (receipt.Success, receipt.Network, receipt.Payer));
        Assert.Equal((1, 1, 1, 1), (world.Facilitator.Verifies, world.Facilitator.Settles, world.Facilitator.Chain.Transfers, world.Mesh.Executions));
        Assert.Equal(["payment.settled"], world.Mesh.Published.Select(what => what.GetProperty("type").GetString()));
        // Nothing is left to do, and what was money is not kept.
        Assert.Empty(world.Mesh.Reminded);
        Assert.DoesNotContain("signature", world.Mesh.Value(payment.Id.ToString(), "payment"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachCommit_ComesBeforeTheCallItIsFor()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        await host.BuyAsync(World.Buy(world.Sign()));
        await host.RestAsync();
        string[] told = ["PUT state", "PUT reminder", "DELETE reminder", "facilitator", "POST claim", "call AgentActor", "publish"];
        Assert.Equal(
            [
                "facilitator verify", "PUT reminder", "PUT state Verified", "POST claim", "PUT state Executing",
                "call AgentActor.PostMessage", "PUT state Executed", "PUT state Settling", "POST claim", "facilitator settle", "PUT state Settled",
                "call AgentActor.RecordPayment", "PUT state Settled", "publish", "PUT state Settled", "DELETE reminder",
            ],
            world.Mesh.Calls.Where(call => told.Any(start => call.StartsWith(start, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task AHundredTimesTheSameAtOnce_IsOnePayment()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        // A slow machine moves the clock on under a hundred requests, and the payment is not to expire.
        var purchase = World.Buy(world.Sign(seconds: 3600));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => host.BuyAsync(purchase)));
        Assert.Single(outcomes.Distinct());
        Assert.Equal(PaymentStates.Settled, outcomes[0].State);
        await host.RestAsync();
        Assert.Equal((1, 1, 1, 1), (world.Facilitator.Verifies, world.Facilitator.Settles, world.Facilitator.Chain.Transfers, world.Mesh.Executions));
    }

    [Fact]
    public async Task AReplay_GetsTheSameAnswer_LongAfterThePaymentHasExpired()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var purchase = World.Buy(world.Sign());
        var first = await host.BuyAsync(purchase);
        await host.RestAsync();
        world.Time.Advance(TimeSpan.FromDays(40));
        Assert.Equal(first, await host.BuyAsync(purchase));
        // Nor does it matter that the price is another one now.
        Assert.Equal(first, await host.BuyAsync(purchase with { Options = [purchase.Options[0] with { AmountAtomic = "200000" }] }));
        Assert.Equal((1, 1, 1), (world.Facilitator.Verifies, world.Facilitator.Settles, world.Mesh.Executions));
    }

    [Fact]
    public async Task AReplay_InOtherText_IsTheSamePayment()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign();
        var purchase = World.Buy(payment);
        var first = await host.BuyAsync(purchase);
        var json = Encoding.UTF8.GetString(Convert.FromBase64String(payment.HeaderValue));
        var from = payment.Payment.Authorization.From.ToString();
        var signature = json[(json.IndexOf("\"signature\":\"0x", StringComparison.Ordinal) + 15)..][..130];
        string[] others = [json.Replace(",", " , ", StringComparison.Ordinal), json.Replace(from, from.ToLowerInvariant(), StringComparison.Ordinal), json.Replace(signature, signature.ToUpperInvariant(), StringComparison.Ordinal)];
        foreach (var other in others)
        {
            Assert.NotEqual(json, other);
            Assert.Equal(first, await host.BuyAsync(purchase with { PaymentSignature = Convert.ToBase64String(Encoding.UTF8.GetBytes(other)) }));
        }

        Assert.Equal((1, 1), (world.Facilitator.Settles, world.Mesh.Executions));
    }

    public static TheoryData<string> OtherUses => ["resource", "body", "seller", "signature"];

    [Theory]
    [MemberData(nameof(OtherUses))]
    public async Task AReplay_ForAnythingElse_IsRefused(string what)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign();
        var purchase = World.Buy(payment);
        await host.BuyAsync(purchase);
        var other = what switch
        {
            "resource" => World.Buy(payment, url: World.Url + "s"),
            "body" => World.Buy(payment, content: "paint two"),
            "seller" => World.Buy(payment, seller: "default:bob"),
            _ => purchase with { PaymentSignature = World.WithOtherSignature(payment.HeaderValue) },
        };
        Assert.Equal((HttpStatusCode.Conflict, null, PaymentRefusals.PaymentReused), await host.TryBuyAsync(other));
        Assert.Equal((1, 1), (world.Facilitator.Settles, world.Mesh.Executions));
    }

    [Fact]
    public async Task APaymentForAnotherResource_IsNotTaken()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var outcome = await host.BuyAsync(World.Buy(world.Sign(url: World.Url + "s")));
        Assert.Equal((PaymentStates.Failed, "resource_mismatch"), (outcome.State, outcome.Reason));
        Assert.Equal((0, 0), (world.Facilitator.Verifies, world.Mesh.Executions));
    }

    [Theory]
    [InlineData("0.09", 60, false, "no_matching_payment_requirements")]
    [InlineData("0.10", 5, false, "invalid_exact_evm_payload_authorization_valid_before")]
    [InlineData("0.10", 3600, false, null)]
    [InlineData("0.10", 3601, false, "invalid_exact_evm_payload_authorization_valid_before")]
    [InlineData("0.10", 60, true, "invalid_exact_evm_payload_signature")]
    public async Task ABadPayment_IsRefused_WithoutATrace(string usd, int seconds, bool isForged, string? reason)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign(usd: usd, seconds: seconds);
        var purchase = World.Buy(payment);
        if (isForged)
            purchase = purchase with { PaymentSignature = World.WithOtherSignature(payment.HeaderValue) };
        var outcome = await host.BuyAsync(purchase);
        Assert.Equal(reason, outcome.Reason);
        Assert.Equal(reason is null ? PaymentStates.Settled : PaymentStates.Failed, outcome.State);
        if (reason is not null)
            Assert.Equal((null, 0, 0), (world.Mesh.Value(payment.Id.ToString(), "payment"), world.Facilitator.Verifies, world.Mesh.Executions));
    }

    [Fact]
    public async Task AForgery_DoesNotSpoilThePaymentThatItCopies()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var purchase = World.Buy(world.Sign());
        // Bad for a reason that only the facilitator sees.
        world.Facilitator.SaysOfVerify = answer => answer with { IsValid = false, InvalidReason = "insufficient_funds" };
        var refused = await host.BuyAsync(purchase with { BodyHash = new string('0', 64) });
        Assert.Equal((PaymentStates.Failed, "insufficient_funds", null), (refused.State, refused.Reason, refused.PaymentResponse));
        await host.RestAsync();
        Assert.Empty(world.Mesh.Published);
        world.Facilitator.SaysOfVerify = null;
        Assert.Equal(PaymentStates.Settled, (await host.BuyAsync(purchase)).State);
    }

    [Theory]
    [InlineData(nameof(Fault.RefusedBefore))]
    [InlineData(nameof(Fault.BrokenAfter))]
    public async Task WithoutAWordOfTheFacilitator_NothingIsServed(string fault)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.OnVerify = Enum.Parse<Fault>(fault);
        var purchase = World.Buy(world.Sign());
        var outcome = await host.BuyAsync(purchase);
        Assert.Equal((PaymentStates.Failed, PaymentRefusals.FacilitatorUnavailable, 5), (outcome.State, outcome.Reason, outcome.RetryAfterSeconds));
        Assert.Equal((3, 0), (world.Facilitator.Verifies, world.Mesh.Executions));
        // The same payment again, when it is back.
        world.Facilitator.OnVerify = Fault.None;
        Assert.Equal(PaymentStates.Settled, (await host.BuyAsync(purchase)).State);
    }

    [Fact]
    public async Task ASellerWithoutAnAnswer_IsNotPaid()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Mesh.SellerRefuses = "session_not_found";
        var outcome = await host.BuyAsync(World.Buy(world.Sign()));
        await host.RestAsync();
        Assert.Equal((PaymentStates.Failed, "session_not_found", null), (outcome.State, outcome.Reason, outcome.Answer));
        Assert.Equal((0, "payment.failed"), (world.Facilitator.Settles, Assert.Single(world.Mesh.Published).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task AModelThatAnswersLater_IsWaitedFor()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var isDone = false;
        world.Mesh.Sell = message => isDone ? "At last." : null;
        var purchase = World.Buy(world.Sign());
        var early = await BuyUntilExecutingAsync(host, purchase);
        Assert.Equal((PaymentStates.Executing, PaymentRefusals.PaymentPending, 2), (early.State, early.Reason, early.RetryAfterSeconds));
        isDone = true;
        Assert.Equal("At last.", (await host.BuyAsync(purchase)).Answer);
        Assert.Equal((1, 1), (world.Facilitator.Settles, world.Mesh.Executions));
    }

    [Fact]
    public async Task AnAnswerThatComesTooLateToBePaidFor_IsNotCharged()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Mesh.Sell = _ => null;
        var payment = world.Sign(seconds: 60);
        var purchase = World.Buy(payment);
        Assert.Equal(PaymentStates.Executing, (await BuyUntilExecutingAsync(host, purchase)).State);
        // Valid for 60 s, of which 10 s are for settling.
        await world.DriveAsync(() => world.Mesh.Value(payment.Id.ToString(), "payment")!.Contains("Failed", StringComparison.Ordinal));
        await host.RestAsync();
        var outcome = await host.BuyAsync(purchase);
        Assert.Equal((PaymentStates.Failed, PaymentRefusals.ExecutionTimedOut, 0), (outcome.State, outcome.Reason, world.Facilitator.Settles));
    }

    /// <summary>Asks for a second at a time: on a busy machine a payment may not be with its seller after the first one.</summary>
    private static async Task<PurchaseOutcome> BuyUntilExecutingAsync(PaymentsHost host, Purchase purchase)
    {
        while (true)
        {
            var outcome = await host.BuyAsync(purchase with { WaitSeconds = 1 });
            if (outcome.State != PaymentStates.Verified)
                return outcome;
        }
    }

    [Theory]
    [InlineData("seller", "alice")]
    [InlineData("bodyHash", "AA")]
    [InlineData("content", "")]
    [InlineData("options", "none")]
    [InlineData("amount", "0")]
    [InlineData("asset", "0x0000000000000000000000000000000000000001")]
    public async Task WhatIsNoPurchase_IsRefused(string member, string value)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var purchase = World.Buy(world.Sign());
        var option = purchase.Options[0];
        purchase = member switch
        {
            "seller" => purchase with { Seller = value },
            "bodyHash" => purchase with { BodyHash = value },
            "content" => purchase with { Content = value },
            "amount" => purchase with { Options = [option with { AmountAtomic = value }] },
            "asset" => purchase with { Options = [option with { Asset = value }] },
            _ => purchase with { Options = [] },
        };
        Assert.Equal((HttpStatusCode.BadRequest, null, PaymentRefusals.InvalidPurchase), await host.TryBuyAsync(purchase));
    }

    [Fact]
    public async Task ARequestWithoutAPayment_IsToldSo()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var outcome = await host.BuyAsync(World.Buy(world.Sign()) with { PaymentSignature = null });
        Assert.Equal((PaymentStates.Failed, null, "payment_required"), (outcome.State, outcome.PaymentId, outcome.Reason));
    }
}
