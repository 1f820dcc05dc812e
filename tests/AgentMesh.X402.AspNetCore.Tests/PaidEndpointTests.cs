using System.Net;
using System.Security.Claims;
using System.Text;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.X402.AspNetCore.Tests;

public sealed class PaidEndpointTests
{
    [Theory]
    [InlineData(1, "X-PAYMENT-RESPONSE", "base-sepolia")]
    [InlineData(2, "PAYMENT-RESPONSE", "eip155:84532")]
    public async Task APaidRequest_IsServed_AndChargedOnce(int version, string header, string network)
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        var payment = await shop.SignAsync("/paint", version, "a fence");
        Assert.Equal((0, 0), (handler.Runs, shop.Facilitator.Verifies));
        using var answer = await shop.SendAsync("/paint", payment, "a fence");
        Assert.Equal((HttpStatusCode.OK, "Did: a fence"), (answer.StatusCode, await PaidShop.TextAsync(answer)));
        Assert.Equal(("Ada", "no-store"), (answer.Headers.GetValues("X-Painter").Single(), answer.Headers.CacheControl!.ToString()));
        var receipt = PaymentHeaders.ReadResponse(answer.Headers.GetValues(header).Single()).Value!;
        Assert.Equal((true, network, PaidShop.Buyer.Address.ToString()), (receipt.Success, receipt.Network, receipt.Payer));
        Assert.Equal((1, 1, 1), (handler.Runs, shop.Facilitator.Settles, shop.Facilitator.Transfers));
    }

    [Fact]
    public async Task TheTerms_AreTheSameInBothVersions_AndNotOfTheHostHeader()
    {
        await using var shop = await PaidShop.StartAsync(
            app => app.MapGet("/forecast/{city}", (string city) => city).RequirePayment("0.25").WithDescription("Forecasts."), options => options.Description = "Things.");
        var v2 = (PaymentRequiredV2)await shop.AskAsync("/forecast/Rome?day=2", 2, method: "GET");
        var v1 = (PaymentRequiredV1)await shop.AskAsync("/forecast/Rome?day=2", 1, method: "GET");
        Assert.Equal(("https://shop.example/forecast/Rome?day=2", "Forecasts.", "payment_required"), (v2.Resource.Url, v2.Resource.Description, v2.Error));
        Assert.Equal((v2.Resource.Url, v2.Accepts[0].Amount, v2.Accepts[0].PayTo), (v1.Accepts[0].Resource, v1.Accepts[0].MaxAmountRequired, v1.Accepts[0].PayTo));
        Assert.Equal(("250000", PaidShop.Seller.ToString()), (v2.Accepts[0].Amount, v2.Accepts[0].PayTo));
    }

    [Fact]
    public async Task AHundredTimesTheSameAtOnce_IsOneExecution_AndOneTransfer()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        var payment = await shop.SignAsync("/paint", body: "a fence");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using var answer = await shop.SendAsync("/paint", payment, "a fence");
            return (answer.StatusCode, await PaidShop.TextAsync(answer), answer.Headers.GetValues(PaymentHeaderNames.PaymentResponse).Single());
        }));
        Assert.Single(answers.Distinct());
        Assert.Equal((HttpStatusCode.OK, "Did: a fence"), (answers[0].StatusCode, answers[0].Item2));
        Assert.Equal((1, 1, 1), (handler.Runs, shop.Facilitator.Settles, shop.Facilitator.Transfers));
    }

    [Fact]
    public async Task AReplay_GetsTheSameAnswer_InWhateverTextThePaymentComes_AndAfterItHasExpired()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        var payment = await shop.SignAsync("/paint", body: "a fence");
        using var first = await shop.SendAsync("/paint", payment, "a fence");
        var from = PaidShop.Buyer.Address.ToString();
        var lowerCase = Encoding.UTF8.GetString(Convert.FromBase64String(payment.HeaderValue)).Replace(from, from.ToLowerInvariant(), StringComparison.Ordinal);
        shop.Time.Advance(TimeSpan.FromSeconds(3599));
        foreach (var value in new[] { payment.HeaderValue, WrongPayments.Edit(payment, _ => { }), Convert.ToBase64String(Encoding.UTF8.GetBytes(lowerCase)) })
        {
            using var again = await shop.SendAsync("/paint", payment.HeaderName, value, "a fence");
            Assert.Equal((HttpStatusCode.OK, "Did: a fence"), (again.StatusCode, await PaidShop.TextAsync(again)));
            Assert.Equal(first.Headers.GetValues(PaymentHeaderNames.PaymentResponse), again.Headers.GetValues(PaymentHeaderNames.PaymentResponse));
        }

        Assert.Equal((1, 1, 1), (handler.Runs, shop.Facilitator.Verifies, shop.Facilitator.Settles));
        // Its answer's time is over, and so is its own: it buys nothing any more.
        shop.Time.Advance(TimeSpan.FromSeconds(1));
        using var late = await shop.SendAsync("/paint", payment, "a fence");
        Assert.Equal(X402Reasons.AuthorizationValidBefore, await PaidShop.CodeAsync(late));
        Assert.Equal(1, handler.Runs);
    }

    [Theory]
    [InlineData("POST", "/paint", "two fences", false)]
    [InlineData("PUT", "/paint", "a fence", false)]
    [InlineData("POST", "/paint?fast", "a fence", false)]
    [InlineData("POST", "/sell", "a fence", false)]
    [InlineData("POST", "/paint", "a fence", true)]
    public async Task AReplay_ForAnythingElse_Is409(string method, string path, string body, bool hasOtherSignature)
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(app => app.MapMethods("/{what}", ["POST", "PUT"], handler.PaintAsync).RequirePayment("0.10"));
        var payment = await shop.SignAsync("/paint", body: "a fence");
        using var first = await shop.SendAsync("/paint", payment, "a fence");
        var value = hasOtherSignature ? WrongPayments.Edit(payment, json => WrongPayments.Change(json["payload"]!.AsObject(), "signature")) : payment.HeaderValue;
        using var other = await shop.SendAsync(path, payment.HeaderName, value, body, method);
        Assert.Equal((HttpStatusCode.Conflict, "payment_reused"), (other.StatusCode, await PaidShop.CodeAsync(other)));
        Assert.Equal((1, 1), (handler.Runs, shop.Facilitator.Settles));
    }

    [Fact]
    public async Task AnAnswer_IsOneCallersOwn_WhereCallersAreKnown()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                if (context.Request.Query["user"] is [{ } user])
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], "test"));
                context.Request.QueryString = default;
                return next(context);
            });
            handler.Map(app);
        });
        var payment = await shop.SignAsync("/paint?user=alice", body: "a fence");
        using var alice = await shop.SendAsync("/paint?user=alice", payment, "a fence");
        using var mallory = await shop.SendAsync("/paint?user=mallory", payment, "a fence");
        using var again = await shop.SendAsync("/paint?user=alice", payment, "a fence");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.OK), (alice.StatusCode, mallory.StatusCode, again.StatusCode));
    }

    [Fact]
    public async Task APriceThatDepends_MayReadTheBody_AndSoMayTheHandler()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(app => app.MapPost("/paint", handler.PaintAsync).RequirePayment(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            return (await reader.ReadToEndAsync(context.RequestAborted)).Length > 10 ? "0.20" : "0.10";
        }));
        Assert.Equal("100000", (await shop.AskAsync("/paint", body: "a fence")).Options[0].AmountAtomic);
        var payment = await shop.SignAsync("/paint", body: "a long fence");
        Assert.Equal("200000", payment.Payment.Authorization.Value.ToString());
        using var answer = await shop.SendAsync("/paint", payment, "a long fence");
        Assert.Equal("Did: a long fence", await PaidShop.TextAsync(answer));
        // What was signed for less buys nothing that costs more.
        using var cheap = await shop.SendAsync("/paint", await shop.SignAsync("/paint", body: "a fence"), "a long fence");
        Assert.Equal("no_matching_payment_requirements", await PaidShop.CodeAsync(cheap));
    }

    [Fact]
    public async Task AGroupIsPaidFor_OnceARequest_AtTheEndpointsOwnPriceWhereItHasOne()
    {
        await using var shop = await PaidShop.StartAsync(app =>
        {
            var group = app.MapGroup("/all").RequirePayment("0.10");
            group.MapGet("/one", () => "one");
            group.MapGet("/two", () => "two").RequirePayment(_ => "0.30");
            app.MapGet("/free", () => "free");
        });
        Assert.Equal("100000", (await shop.AskAsync("/all/one", method: "GET")).Options[0].AmountAtomic);
        Assert.Equal("300000", (await shop.AskAsync("/all/two", method: "GET")).Options[0].AmountAtomic);
        using var paid = await shop.SendAsync("/all/two", await shop.SignAsync("/all/two", method: "GET"), method: "GET");
        Assert.Equal((HttpStatusCode.OK, "two", 1), (paid.StatusCode, await PaidShop.TextAsync(paid), shop.Facilitator.Settles));
        using var free = await shop.SendAsync("/free", null, method: "GET");
        Assert.Equal("free", await PaidShop.TextAsync(free));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("-0.10")]
    [InlineData("1e-1")]
    public void WhatIsNoPrice_IsToldAtOnce(string usd) =>
        Assert.Throws<FormatException>(() => WebApplication.CreateSlimBuilder().Build().MapGet("/", () => "").RequirePayment(usd));

    [Fact]
    public async Task WithoutAddX402_TheEndpointSaysWhatIsMissing()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/", () => "").RequirePayment("0.10");
        var fault = Assert.Throws<InvalidOperationException>(() => ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).ToList());
        Assert.Contains("AddX402", fault.Message, StringComparison.Ordinal);
    }
}
