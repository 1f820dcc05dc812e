using System.Text.Json;
using AgentMesh.Contracts.Payments;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>An agent buys, over real sockets.</summary>
public sealed class PurchaseTests
{
    [Fact]
    public async Task FreePage_CostsNothing()
    {
        await using var host = await BuyingHost.StartAsync();
        var view = await host.BuyAsync("k", $"http://{host.Shop.Place}/free");
        Assert.Equal((200, "free", null), (view.Status, BuyingHost.TextOf(view), view.Payment));
        Assert.Null(host.State[BuyingHost.Alice, "ledger"]);
    }

    [Fact]
    public async Task Payment_IsStoredBeforeItIsSent_AndIsInTheListWithItsTransaction()
    {
        await using var host = await BuyingHost.StartAsync();
        JsonElement stored = default;
        host.Shop.OnPayment = (context, _) =>
        {
            var key = host.State.KeysOf(BuyingHost.Alice).Single(key => key.StartsWith("purchase:", StringComparison.Ordinal));
            stored = JsonElement.Parse(host.State[BuyingHost.Alice, key]!);
            return Task.FromResult(false);
        };
        var view = await host.BuyAsync("k", body: """{"query":"Is it so?"}""");
        Assert.Equal((200, "worth it"), (view.Status, BuyingHost.TextOf(view)));
        Assert.Equal(("Sending", host.Shop.Payments.Single()), (stored.GetProperty("state").GetString(), stored.GetProperty("payment").GetProperty("headerValue").GetString()));
        var payment = Assert.Single(await host.PaymentsAsync());
        Assert.Equal(("out", "settled", "100000", FakeShop.Payee, FakeShop.Transaction), (payment.Direction, payment.State, payment.AmountAtomic, payment.Payee, payment.Transaction));
        Assert.Equal("Posted", host.HoldState());
        Assert.Equal(payment, view.Payment);
    }

    [Fact]
    public async Task SameKey_IsTheSamePurchase_AndAnotherRequestUnderItIsRefused()
    {
        await using var host = await BuyingHost.StartAsync();
        var first = await host.BuyAsync("k");
        Assert.Equal(first, await host.BuyAsync("k"));
        Assert.Single(host.Shop.Payments);
        Assert.Equal("idempotency_key_reused", (await host.BeginAsync("k", max: "100001")).Refusal!.Code);
    }

    [Theory]
    [InlineData("99999", "payment_not_possible", "payment_amount_over_cap")]
    [InlineData("100000", null, null)]
    public async Task Price_IsAtMostWhatWasSaid(string max, string? code, string? reason)
    {
        await using var host = await BuyingHost.StartAsync();
        var view = await host.BuyAsync("k", max: max);
        Assert.Equal(code, view.Reason);
        Assert.Equal(reason, view.Data is { } data ? JsonElement.Parse(data).GetProperty("reason").GetString() : null);
        Assert.Equal(code is null ? 1 : 0, host.Shop.Payments.Count);
    }

    /// <summary>Whoever asks, a model or a schedule too.</summary>
    [Theory]
    [InlineData("ftp://shop.example/")]
    [InlineData("http://user@shop.example/")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://0x7f.1:1/")]
    public async Task PlacesThatAreNotOnTheInternet_AreRefused_AndNothingIsStored(string url)
    {
        await using var host = await BuyingHost.StartAsync();
        var stored = host.State.KeysOf(BuyingHost.Alice);
        Assert.Equal("url_not_allowed", (await host.BeginAsync("k", url)).Refusal?.Code);
        Assert.Equal(stored, host.State.KeysOf(BuyingHost.Alice));
    }

    /// <summary>What a name leads to is known when it is connected to, by a run of the purchase.</summary>
    [Fact]
    public async Task NameOfSuchAPlace_IsNotCalled()
    {
        await using var host = await BuyingHost.StartAsync();
        Assert.Equal("url_not_allowed", (await host.BuyAsync("k", "http://localhost:1/")).Reason);
    }

    [Fact]
    public async Task PolicyAndBudget_HaveTheirSay_AndNothingIsSigned()
    {
        // Out of the box up to 1 USDC is allowed, up to 50 is asked about, and 50 a day is all.
        await using var host = await BuyingHost.StartAsync();
        host.Shop.Terms = host.Shop.Terms with { Amount = "60000000" };
        Assert.Equal("policy_denied", (await host.BuyAsync("denied", max: "60000000")).Reason);
        host.Shop.Terms = host.Shop.Terms with { Amount = "2000000" };
        var asked = await host.BuyAsync("asked", max: "2000000");
        Assert.Equal("approval_required", asked.Reason);
        Assert.Equal(26, JsonElement.Parse(asked.Data!).GetProperty("approvalId").GetString()!.Length);
        Assert.Empty(host.Shop.Payments);
        Assert.Empty(await host.PaymentsAsync());
    }

    [Fact]
    public async Task Budget_AtItsEnd_RefusesWithWhatIsLeft()
    {
        await using var host = await BuyingHost.StartAsync(
            ("AgentMesh:Budget:Defaults:0:Asset", "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e"), ("AgentMesh:Budget:Defaults:0:Limit", "150000"));
        Assert.Equal(200, (await host.BuyAsync("k1")).Status);
        var refused = await host.BuyAsync("k2");
        Assert.Equal("budget_exceeded", refused.Reason);
        Assert.Equal("50000", JsonElement.Parse(refused.Data!).GetProperty("available").GetString());
        Assert.Single(host.Shop.Payments);
    }

    /// <summary>Whatever the seller asks for after it was paid, nothing more is signed, and the money counts until nobody can take it any more.</summary>
    [Theory]
    [InlineData("100000", FakeShop.Usdc, "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("200000", FakeShop.Usdc, FakeShop.Payee)]
    [InlineData("100000", "0x0000000000000000000000000000000000000001", FakeShop.Payee)]
    public async Task SellerThatAsksAgain_GetsNothingMore(string amount, string asset, string payee)
    {
        await using var host = await BuyingHost.StartAsync();
        host.Shop.OnPayment = async (context, _) =>
        {
            host.Shop.Terms = (amount, asset, payee);
            await host.Shop.AskAsync(context);
            return true;
        };
        var view = await host.BuyAsync("k");
        Assert.Equal(("payment_unknown", "unknown", "Unknown"), (view.Reason, view.Payment!.State, host.HoldState()));
        // The chain does not say anything yet, and then that it can never be executed.
        await host.PassAsync(TimeSpan.FromSeconds(5));
        host.Chain = new AuthorizationOutcome(PaymentStates.Failed, true, null, "authorization_expired", "It has expired.");
        await host.UntilAsync(async () =>
        {
            await host.PassAsync(TimeSpan.FromSeconds(3));
            return (await host.PaymentsAsync()).Single().State == "failed";
        });
        Assert.Equal("Voided", host.HoldState());
        Assert.Equal("payment_not_settled", (await host.GetAsync(view.Id)).Reason);
        Assert.Single(host.Shop.Payments);
    }

    /// <summary>Official sellers answer 402 when their facilitator was not well.</summary>
    [Fact]
    public async Task SellerThatAsksForTheSameAgain_GetsTheSameBytes()
    {
        await using var host = await BuyingHost.StartAsync();
        host.Shop.OnPayment = async (context, n) =>
        {
            if (n == 1)
                await host.Shop.AskAsync(context);
            return n == 1;
        };
        var view = await host.BuyAsync("k");
        Assert.Equal(("payment_unknown", "unknown", "Unknown"), (view.Reason, view.Payment!.State, host.HoldState()));
        await host.UntilSentAgainAsync(view.Id);
    }

    /// <summary>Official sellers answer 402 when their facilitator's answer was lost, although the money has moved.</summary>
    [Fact]
    public async Task SellerThatAsksAgain_AndHasTheMoney_GetsNothingMore_AndTheChainSaysSo()
    {
        await using var host = await BuyingHost.StartAsync();
        host.Chain = new AuthorizationOutcome(PaymentStates.Settled, true, FakeShop.Transaction);
        host.Shop.OnPayment = async (context, _) =>
        {
            await host.Shop.AskAsync(context);
            return true;
        };
        var view = await host.BuyAsync("k");
        Assert.Equal(("paid_without_answer", "settled", FakeShop.Transaction), (view.Reason, view.Payment!.State, view.Payment.Transaction));
        Assert.Equal("Posted", host.HoldState());
        Assert.Single(host.Shop.Payments);
    }

    [Fact]
    public async Task AnswerThatIsLost_IsAskedForAgain_WithTheSameBytes()
    {
        await using var host = await BuyingHost.StartAsync();
        host.Shop.OnPayment = (context, n) =>
        {
            if (n == 1)
                context.Abort();
            return Task.FromResult(n == 1);
        };
        var view = await host.BuyAsync("k");
        Assert.Equal("payment_unknown", view.Reason);
        await host.UntilSentAgainAsync(view.Id);
    }

    [Fact]
    public async Task AnswerWithoutAReceipt_IsGivenOut_AndTheChainSaysWhatItCost()
    {
        await using var host = await BuyingHost.StartAsync();
        host.Shop.OnPayment = async (context, _) =>
        {
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "no receipt");
            return true;
        };
        var view = await host.BuyAsync("k");
        Assert.Equal((200, "no receipt", "unknown"), (view.Status, BuyingHost.TextOf(view), view.Payment!.State));
        host.Chain = new AuthorizationOutcome(PaymentStates.Settled, true, FakeShop.Transaction);
        await host.UntilAsync(async () =>
        {
            await host.PassAsync(TimeSpan.FromSeconds(3));
            return (await host.PaymentsAsync()).Single().State == "settled";
        });
        Assert.Equal(("Posted", FakeShop.Transaction), (host.HoldState(), (await host.GetAsync(view.Id)).Payment!.Transaction));
    }

    [Fact]
    public async Task Erasure_TakesPurchases_AndLeavesPayments()
    {
        await using var host = await BuyingHost.StartAsync();
        await host.BuyAsync("k");
        while (!(await host.Host.EraseAsync(BuyingHost.Alice)).Value!.IsDone)
        {
        }

        Assert.DoesNotContain(host.State.KeysOf(BuyingHost.Alice), key => key.StartsWith("purchase", StringComparison.Ordinal) || key == "head");
        Assert.Single(await host.PaymentsAsync());
    }
}
