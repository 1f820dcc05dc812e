using System.Net;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.AspNetCore.Tests;

/// <summary>Payments that buy nothing: each is refused with its reason, with the terms anew, and neither the handler nor the facilitator's order has happened.</summary>
public sealed class RefusedPaymentTests
{
    [Theory]
    [MemberData(nameof(WrongPayments.All), MemberType = typeof(WrongPayments))]
    public async Task AWrongPayment_IsRefused_AndNothingIsDone(string wrong, string? v1, string? v2)
    {
        foreach (var (version, reason) in new[] { (1, v1), (2, v2) })
        {
            if (reason is null)
                continue;
            var handler = new Counted();
            await using var shop = await PaidShop.StartAsync(handler.Map);
            var (header, value) = WrongPayments.Make(wrong, await shop.AskAsync("/paint", version, "a fence"), PaidShop.Buyer, shop.Time.GetUtcNow());
            using var answer = await shop.SendAsync("/paint", header, value, "a fence");
            Assert.Equal((HttpStatusCode.PaymentRequired, reason), (answer.StatusCode, await PaidShop.CodeAsync(answer)));
            var terms = PaymentRequiredAnswer.Read(answer.Headers.GetValues(PaymentHeaderNames.PaymentRequired).Single(), default).Value!;
            Assert.Equal((reason, "100000"), (terms.Reason, terms.Options[0].AmountAtomic));
            Assert.Equal((0, 0, 0), (handler.Runs, shop.Facilitator.Verifies, shop.Facilitator.Settles));
        }
    }

    /// <summary>What only a chain knows: the facilitator's reason is passed on.</summary>
    [Theory]
    [InlineData("insufficient_funds")]
    [InlineData("invalid_exact_evm_nonce_already_used")]
    [InlineData("a_reason_of_tomorrow")]
    public async Task WhatTheFacilitatorRefuses_IsRefusedWithItsReason(string reason)
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        shop.Facilitator.SaysOfVerify = found => found with { IsValid = false, InvalidReason = reason };
        var payment = await shop.SignAsync("/paint", body: "a fence");
        using var answer = await shop.SendAsync("/paint", payment, "a fence");
        Assert.Equal((HttpStatusCode.PaymentRequired, reason), (answer.StatusCode, await PaidShop.CodeAsync(answer)));
        Assert.Equal((0, 0), (handler.Runs, shop.Facilitator.Settles));
        // It was not used: with money it buys.
        shop.Facilitator.SaysOfVerify = null;
        using var later = await shop.SendAsync("/paint", payment, "a fence");
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task BothHeadersAtOnce_AreRefused()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/paint");
        foreach (var version in new[] { 1, 2 })
        {
            var payment = await shop.SignAsync("/paint", version);
            request.Headers.TryAddWithoutValidation(payment.HeaderName, payment.HeaderValue);
        }

        using var answer = await shop.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(X402Reasons.InvalidPayload, await PaidShop.CodeAsync(answer));
        Assert.Equal((0, 0), (handler.Runs, shop.Facilitator.Verifies));
    }
}
