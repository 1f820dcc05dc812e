using System.Net;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.X402.AspNetCore.Tests;

/// <summary>What becomes of a good payment when something else goes wrong.</summary>
public sealed class PaymentOutcomeTests
{
    [Theory]
    [InlineData(399, 1)]
    [InlineData(400, 0)]
    [InlineData(503, 0)]
    public async Task AHandlerThatFails_IsNotPaid_AndDoesNotRunAgain(int status, int settles)
    {
        var runs = 0;
        await using var shop = await PaidShop.StartAsync(app => app.MapPost("/paint", () => Results.Text($"Run {++runs}", statusCode: status)).RequirePayment("0.10"));
        var payment = await shop.SignAsync("/paint");
        for (var again = 0; again < 2; again++)
        {
            using var answer = await shop.SendAsync("/paint", payment);
            Assert.Equal(((HttpStatusCode)status, "Run 1"), (answer.StatusCode, await PaidShop.TextAsync(answer)));
            Assert.Equal(settles == 1, answer.Headers.Contains(PaymentHeaderNames.PaymentResponse));
        }

        Assert.Equal((1, settles), (runs, shop.Facilitator.Settles));
    }

    [Fact]
    public async Task AHandlerThatThrows_IsNotPaid_AndTheAppHandlesItsException()
    {
        var runs = 0;
        await using var shop = await PaidShop.StartAsync(app =>
        {
            app.UseExceptionHandler(handled => handled.Run(context => context.Response.WriteAsync($"Handled: {context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()!.Error.Message}")));
            app.MapPost("/paint", string (HttpContext context) =>
            {
                runs++;
                context.Response.Headers["X-Half"] = "done";
                throw new InvalidOperationException("No paint.");
            }).RequirePayment("0.10");
        });
        var payment = await shop.SignAsync("/paint");
        using var answer = await shop.SendAsync("/paint", payment);
        Assert.Equal((HttpStatusCode.InternalServerError, "Handled: No paint."), (answer.StatusCode, await PaidShop.TextAsync(answer)));
        using var again = await shop.SendAsync("/paint", payment);
        Assert.Equal((HttpStatusCode.InternalServerError, "execution_failed"), (again.StatusCode, await PaidShop.CodeAsync(again)));
        Assert.Equal((1, 0), (runs, shop.Facilitator.Settles));
    }

    [Fact]
    public async Task ASettlementThatFails_IsA402WithItsReceipt_AndNothingOfTheAnswer()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        shop.Facilitator.SaysOfSettle = settled => settled with { Success = false, Transaction = "", ErrorReason = "insufficient_funds" };
        var payment = await shop.SignAsync("/paint");
        for (var again = 0; again < 2; again++)
        {
            using var answer = await shop.SendAsync("/paint", payment);
            Assert.Equal((HttpStatusCode.PaymentRequired, "insufficient_funds"), (answer.StatusCode, await PaidShop.CodeAsync(answer)));
            Assert.DoesNotContain("Did:", await PaidShop.TextAsync(answer), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("X-Painter"));
            var receipt = PaymentHeaders.ReadResponse(answer.Headers.GetValues(PaymentHeaderNames.PaymentResponse).Single()).Value!;
            Assert.Equal((false, "insufficient_funds"), (receipt.Success, receipt.ErrorReason));
        }

        Assert.Equal((1, 1), (handler.Runs, shop.Facilitator.Settles));
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("thrown")]
    [InlineData("pending")]
    [InlineData("nonce used")]
    [InlineData("another payer")]
    [InlineData("another network")]
    public async Task ASettlementOfUnknownOutcome_Is503_NeverATermAnew_AndNoSecondOrder(string what)
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map);
        if (what == "broken")
            shop.Facilitator.AfterSettle = () => throw new HttpRequestException(HttpRequestError.ResponseEnded);
        if (what == "thrown")
            shop.Facilitator.AfterSettle = () => throw new InvalidOperationException("A handler of the app's own.");
        shop.Facilitator.SaysOfSettle = settled => what switch
        {
            "pending" => settled with { Success = false, ErrorReason = X402Reasons.SettlementPending },
            "nonce used" => settled with { Success = false, Transaction = "", ErrorReason = X402Reasons.NonceAlreadyUsed },
            "another payer" => settled with { Payer = PaidShop.Seller.ToString() },
            "another network" => settled with { Network = "eip155:8453" },
            _ => settled,
        };
        var payment = await shop.SignAsync("/paint");
        // Also when the payment has expired meanwhile: the money may have moved.
        foreach (var seconds in new[] { 0, 0, 80_000 })
        {
            shop.Time.Advance(TimeSpan.FromSeconds(seconds));
            using var answer = await shop.SendAsync("/paint", payment);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "payment_unknown"), (answer.StatusCode, await PaidShop.CodeAsync(answer)));
            Assert.Contains(payment.Id.ToString(), await PaidShop.TextAsync(answer), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(10), answer.Headers.RetryAfter!.Delta);
            Assert.False(answer.Headers.Contains(PaymentHeaderNames.PaymentRequired));
        }

        Assert.Equal((1, 1), (handler.Runs, shop.Facilitator.Settles));
    }

    [Fact]
    public async Task WithoutAWordOfTheFacilitator_NothingIsDone_AndTheSamePaymentBuysLater()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map, options => options.VerifyTimeoutSeconds = 60);
        var asked = 0;
        shop.Facilitator.OnVerify = () =>
        {
            asked++;
            throw new HttpRequestException(HttpRequestError.ConnectionError);
        };
        var payment = shop.Sign(await shop.AskAsync("/paint"), choice => choice with { ValiditySeconds = 3600 });
        var asking = shop.SendAsync("/paint", payment);
        // The pauses between the questions are on the shop's clock; how long each is, is chance.
        while (!asking.IsCompleted)
        {
            shop.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        using var answer = await asking;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "facilitator_unavailable"), (answer.StatusCode, await PaidShop.CodeAsync(answer)));
        Assert.Equal((3, 0), (asked, handler.Runs));
        shop.Facilitator.OnVerify = null;
        using var later = await shop.SendAsync("/paint", payment);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task AClientThatHangsUp_IsChargedForItsAnswer_WhichWaitsForIt()
    {
        var (hasBegun, hasHungUp, mayEnd, isSettled) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var shop = await PaidShop.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                context.RequestAborted.Register(() => hasHungUp.TrySetResult());
                return next(context);
            });
            app.MapPost("/paint", async (CancellationToken cancellationToken) =>
            {
                hasBegun.TrySetResult();
                await mayEnd.Task.WaitAsync(cancellationToken);
                return "painted";
            }).RequirePayment("0.10");
        });
        shop.Facilitator.AfterSettle = () =>
        {
            isSettled.TrySetResult();
            return Task.CompletedTask;
        };
        var payment = await shop.SignAsync("/paint");
        using (var hangUp = new CancellationTokenSource())
        {
            var first = shop.SendUntilAsync("/paint", payment.HeaderName, payment.HeaderValue, null, "POST", hangUp.Token);
            await hasBegun.Task.WaitAsync(TestContext.Current.CancellationToken);
            await hangUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        await hasHungUp.Task.WaitAsync(TestContext.Current.CancellationToken);
        // Who asks meanwhile waits with it.
        var second = shop.SendAsync("/paint", payment);
        mayEnd.SetResult();
        await isSettled.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var answer = await second;
        Assert.Equal((HttpStatusCode.OK, "painted", 1), (answer.StatusCode, await PaidShop.TextAsync(answer), shop.Facilitator.Settles));
    }

    [Theory]
    [InlineData(PaidStep.Handler, "payment_pending")]
    [InlineData(PaidStep.Settlement, "payment_unknown")]
    public async Task ARepeatThatHasNoTimeToWait_IsToldWhereThePaymentStands(PaidStep step, string code)
    {
        var (hasBegun, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        async Task HoldAsync(PaidStep here)
        {
            if (here != step)
                return;
            hasBegun.TrySetResult();
            await mayEnd.Task;
        }

        await using var shop = await PaidShop.StartAsync(
            app => app.MapPost("/paint", async () =>
            {
                await HoldAsync(PaidStep.Handler);
                return "painted";
            }).RequirePayment("0.10"),
            options => options.WaitSeconds = 0);
        shop.Facilitator.BeforeSettle = () => HoldAsync(PaidStep.Settlement);
        var payment = await shop.SignAsync("/paint");
        var first = shop.SendAsync("/paint", payment);
        await hasBegun.Task.WaitAsync(TestContext.Current.CancellationToken);
        using var repeat = await shop.SendAsync("/paint", payment);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, code), (repeat.StatusCode, await PaidShop.CodeAsync(repeat)));
        mayEnd.SetResult();
        using var answer = await first;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Valid for 60 s, of which 10 are for settling.</summary>
    [Fact]
    public async Task WorkThatTakesLongerThanThePaymentIsValid_IsNotCharged()
    {
        var hasBegun = new TaskCompletionSource();
        await using var shop = await PaidShop.StartAsync(app => app.MapPost("/paint", async (CancellationToken cancellationToken) =>
        {
            hasBegun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }).RequirePayment("0.10"));
        var asking = shop.SendAsync("/paint", await shop.SignAsync("/paint"));
        await hasBegun.Task.WaitAsync(TestContext.Current.CancellationToken);
        shop.Time.Advance(TimeSpan.FromSeconds(50));
        using var answer = await asking;
        Assert.Equal((HttpStatusCode.GatewayTimeout, "execution_timed_out", 0), (answer.StatusCode, await PaidShop.CodeAsync(answer), shop.Facilitator.Settles));
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.OK)]
    [InlineData(1001, HttpStatusCode.InternalServerError)]
    public async Task AnAnswer_HasALimit(int bytes, HttpStatusCode status)
    {
        await using var shop = await PaidShop.StartAsync(
            app => app.MapPost("/paint", () => new string('x', bytes)).RequirePayment("0.10"), options => options.MaxAnswerBytes = 1000);
        using var answer = await shop.SendAsync("/paint", await shop.SignAsync("/paint"));
        Assert.Equal((status, status == HttpStatusCode.OK ? 1 : 0), (answer.StatusCode, shop.Facilitator.Settles));
        if (status != HttpStatusCode.OK)
            Assert.Equal("answer_too_large", await PaidShop.CodeAsync(answer));
    }

    [Theory]
    [InlineData(1000, HttpStatusCode.PaymentRequired)]
    [InlineData(1001, HttpStatusCode.RequestEntityTooLarge)]
    public async Task ARequestsBody_HasALimit(int bytes, HttpStatusCode status)
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map, options => options.MaxRequestBytes = 1000);
        using var answer = await shop.SendAsync("/paint", null, new string('x', bytes));
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task AStream_IsKeptBackUntilItIsPaidFor()
    {
        var (hasWritten, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var shop = await PaidShop.StartAsync(app => app.MapPost("/paint", async (HttpContext context) =>
        {
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.WriteAsync("data: one\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            hasWritten.SetResult();
            await mayEnd.Task;
            await context.Response.WriteAsync("data: two\n\n", context.RequestAborted);
        }).RequirePayment("0.10"));
        shop.Facilitator.SaysOfSettle = settled => settled with { Success = false, Transaction = "", ErrorReason = "insufficient_funds" };
        var asking = shop.SendAsync("/paint", await shop.SignAsync("/paint"));
        await hasWritten.Task.WaitAsync(TestContext.Current.CancellationToken);
        mayEnd.SetResult();
        using var answer = await asking;
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.DoesNotContain("data:", await PaidShop.TextAsync(answer), StringComparison.Ordinal);
    }

    /// <summary>ASP.NET's cache stands before endpoints, and takes a request with a payment for one like any other.</summary>
    [Fact]
    public async Task WhatIsPaidFor_IsInNoCache()
    {
        var runs = 0;
        await using var shop = await PaidShop.StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapGet("/paint", () => $"Run {++runs}").RequirePayment("0.10").CacheOutput();
            },
            add: services => services.AddOutputCache());
        using var paid = await shop.SendAsync("/paint", await shop.SignAsync("/paint", method: "GET"), method: "GET");
        Assert.Equal("Run 1", await PaidShop.TextAsync(paid));
        using var unpaid = await shop.SendAsync("/paint", null, method: "GET");
        Assert.Equal(HttpStatusCode.PaymentRequired, unpaid.StatusCode);
        using var second = await shop.SendAsync("/paint", await shop.SignAsync("/paint", method: "GET"), method: "GET");
        Assert.Equal("Run 2", await PaidShop.TextAsync(second));
    }

    [Fact]
    public async Task AConnection_CannotBeUpgraded()
    {
        bool? canUpgrade = null;
        await using var shop = await PaidShop.StartAsync(app => app.MapPost("/paint", (HttpContext context) =>
        {
            canUpgrade = context.Features.Get<IHttpUpgradeFeature>() is not null;
            return "painted";
        }).RequirePayment("0.10"));
        using var answer = await shop.SendAsync("/paint", await shop.SignAsync("/paint"));
        Assert.Equal((HttpStatusCode.OK, false), (answer.StatusCode, canUpgrade));
    }

    [Fact]
    public async Task WhenNoMorePaymentsFit_NothingIsDone_AndTheSamePaymentBuysLater()
    {
        var handler = new Counted();
        await using var shop = await PaidShop.StartAsync(handler.Map, options => options.MaxClaims = 1);
        using var first = await shop.SendAsync("/paint", await shop.SignAsync("/paint"));
        var payment = await shop.SignAsync("/paint");
        using var second = await shop.SendAsync("/paint", payment);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "too_many_payments", 1), (second.StatusCode, await PaidShop.CodeAsync(second), handler.Runs));
    }
}

/// <summary>Where a payment is held up.</summary>
public enum PaidStep
{
    Handler,
    Settlement,
}
