using System.Net;
using System.Security.Cryptography;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.Tests.Exact.Evm;

public sealed class PaymentHandlerTests
{
    [Fact]
    public async Task A402_IsPaidOnce_WithTheSameRequest()
    {
        await using var shop = await Shop.StartAsync();
        using var client = Client(out var wallet);
        using var response = await client.PostAsync(shop.Url, new StringContent("the question"), TestContext.Current.CancellationToken);
        Assert.Equal("served", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, wallet.Asked);
        Assert.Equal(["the question", "the question"], shop.Requests.Select(request => request.Body));
        Assert.Null(shop.Requests[0].PaymentSignature);
        var outcome = PaymentHandler.GetOutcome(response)!;
        Assert.Equal(shop.Requests[1].PaymentSignature, outcome.Payment!.HeaderValue);
        Assert.True(outcome.Settlement!.Success);
        Assert.Equal(TestPayments.Buyer.Address.ToString(), outcome.Settlement.Payer);
        Assert.Null(outcome.Refusal);
    }

    [Fact]
    public async Task ShopOfVersion1_IsPaidInVersion1()
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerUnpaid = Shop.AskV1Async;
        using var client = Client(out _);
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(shop.Requests[1].XPayment);
        Assert.Equal("base-sepolia", PaymentHandler.GetOutcome(response)!.Settlement!.Network);
    }

    [Fact]
    public async Task FreeResource_CostsNothing()
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerUnpaid = context => context.Response.WriteAsync("free");
        using var client = Client(out var wallet);
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal("free", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, wallet.Asked);
        Assert.Null(PaymentHandler.GetOutcome(response));
    }

    [Fact]
    public async Task Second402_IsTheAnswer()
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerPaid = (context, _) => Shop.AskAsync(context);
        using var client = Client(out var wallet);
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        Assert.Equal(2, shop.Requests.Count);
        Assert.Equal(1, wallet.Asked);
        Assert.NotNull(PaymentHandler.GetOutcome(response)!.Payment);
    }

    [Fact]
    public async Task PriceOverTheCap_IsNotPaid_AndTheAnswerCanBeRead()
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerUnpaid = Shop.AskV1Async;
        using var client = Client(out _, TestPayments.Policy with { Caps = [TestPayments.Policy.Caps[0] with { MaxAmountAtomic = 99_999UL }] });
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        Assert.Equal(ClientRefusals.AmountOverCap, PaymentHandler.GetOutcome(response)!.Refusal!.Code);
        Assert.Null(PaymentHandler.GetOutcome(response)!.Payment);
        Assert.Contains("accepts", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Single(shop.Requests);
    }

    [Theory]
    [InlineData(null, "pay me")]
    [InlineData("!", "{}")]
    [InlineData(null, "{}")]
    public async Task TermsThatCannotBeRead_AreTheAnswer(string? header, string body)
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerUnpaid = context =>
        {
            context.Response.StatusCode = StatusCodes.Status402PaymentRequired;
            if (header is not null)
                context.Response.Headers[PaymentHeaderNames.PaymentRequired] = header;
            return context.Response.WriteAsync(body);
        };
        using var client = Client(out var wallet);
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal(body, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(X402Refusals.InvalidPaymentRequired, PaymentHandler.GetOutcome(response)!.Refusal!.Code);
        Assert.Equal(0, wallet.Asked);
    }

    [Fact]
    public async Task BrokenConnection_SendsTheSameBytesAgain()
    {
        await using var shop = await Shop.StartAsync();
        var breaks = 2;
        shop.AnswerPaid = (context, payload) =>
        {
            if (breaks-- == 0)
                return Shop.ServeAsync(context, payload);
            context.Abort();
            return Task.CompletedTask;
        };
        using var client = Client(out var wallet);
        using var response = await client.PostAsync(shop.Url, new StringContent("question"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, wallet.Asked);
        Assert.Equal(4, shop.Requests.Count);
        Assert.Single(shop.Requests.Skip(1).Distinct());
    }

    [Fact]
    public async Task ConnectionThatStaysBroken_LeavesThePaymentForTheNextTry()
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerPaid = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var client = Client(out var wallet);
        using var request = new HttpRequestMessage(HttpMethod.Get, shop.Url);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));
        Assert.Equal(4, shop.Requests.Count);
        var payment = PaymentHandler.GetOutcome(request)!.Payment!;
        Assert.False(request.Headers.Contains(payment.HeaderName));

        shop.AnswerPaid = Shop.ServeAsync;
        using var next = new HttpRequestMessage(HttpMethod.Get, shop.Url);
        next.Options.Set(PaymentHandler.PaymentKey, payment);
        using var response = await client.SendAsync(next, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(payment.HeaderValue, shop.Requests[4].PaymentSignature);
        Assert.Equal(5, shop.Requests.Count);
        Assert.Equal(1, wallet.Asked);
        Assert.Same(payment, PaymentHandler.GetOutcome(response)!.Payment);
    }

    [Fact]
    public async Task RequestThatIsRepeatedAbove_IsNotPaidTwice()
    {
        await using var shop = await Shop.StartAsync();
        var failures = 1;
        shop.AnswerPaid = (context, payload) =>
        {
            if (failures-- == 0)
                return Shop.ServeAsync(context, payload);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        var payer = Handler(out var wallet);
        using var client = new HttpClient(new RepeatingHandler { InnerHandler = payer });
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, wallet.Asked);
        Assert.Equal(3, shop.Requests.Count);
        Assert.Equal(shop.Requests[1], shop.Requests[2]);
    }

    [Fact]
    public async Task Redirect_OfAPaidRequest_IsTheAnswer()
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerPaid = (context, _) =>
        {
            context.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        using var client = Client(out _);
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.DoesNotContain(shop.Requests, request => request.Path == "/elsewhere");
    }

    [Fact]
    public async Task HandlerThatFollowsRedirects_IsNotUsed()
    {
        await using var shop = await Shop.StartAsync();
        using var following = new SocketsHttpHandler();
        using var client = new HttpClient(new PaymentHandler(new CountingWallet(TestPayments.Policy), new PaymentHandlerOptions()) { InnerHandler = new RepeatingHandler { InnerHandler = following } });
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync(shop.Url, TestContext.Current.CancellationToken));
        Assert.Empty(shop.Requests);
    }

    [Theory]
    [InlineData("http://shop.example/", ClientRefusals.InsecureUrl)]
    [InlineData("https://shop.example/", null)]
    [InlineData("http://127.0.0.1/", null)]
    [InlineData("http://localhost/", null)]
    public async Task Payments_AreSentOverHttpsOrToThisMachine(string url, string? code)
    {
        var handler = new PaymentHandler(new CountingWallet(TestPayments.Policy), new PaymentHandlerOptions()) { InnerHandler = new AskingHandler() };
        using var client = new HttpClient(handler);
        using var response = await client.GetAsync(new Uri(url), TestContext.Current.CancellationToken);
        Assert.Equal(code, PaymentHandler.GetOutcome(response)!.Refusal?.Code);
    }

    [Fact]
    public async Task EarlierPayment_IsNotSentInTheClearEither()
    {
        using var client = new HttpClient(new PaymentHandler(new CountingWallet(TestPayments.Policy), new PaymentHandlerOptions()) { InnerHandler = new AskingHandler() });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop.example/");
        request.Options.Set(PaymentHandler.PaymentKey, TestPayments.Sign(2));
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task Body_IsKeptWithinItsLimit_OrNotSent(int length, bool sent)
    {
        await using var shop = await Shop.StartAsync();
        using var client = Client(out _, options: new PaymentHandlerOptions { MaxRequestBodyBytes = 1000 });
        var post = client.PostAsync(shop.Url, new StreamContent(new MemoryStream(new byte[length])), TestContext.Current.CancellationToken);
        if (sent)
            Assert.Equal(HttpStatusCode.OK, (await post).StatusCode);
        else
            await Assert.ThrowsAsync<HttpRequestException>(() => post);
        Assert.Equal(sent ? 2 : 0, shop.Requests.Count);
    }

    [Fact]
    public async Task RequestThatIsPaidAlready_IsLeftAlone()
    {
        await using var shop = await Shop.StartAsync();
        using var client = Client(out var wallet);
        using var request = new HttpRequestMessage(HttpMethod.Get, shop.Url);
        request.Headers.TryAddWithoutValidation(PaymentHeaderNames.PaymentSignature, "mine");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        Assert.Single(shop.Requests);
        Assert.Equal(0, wallet.Asked);
    }

    [Fact]
    public async Task ReceiptThatCannotBeRead_IsNone()
    {
        await using var shop = await Shop.StartAsync();
        shop.AnswerPaid = (context, _) =>
        {
            context.Response.Headers[PaymentHeaderNames.PaymentResponse] = "!";
            return context.Response.WriteAsync("served");
        };
        using var client = Client(out _);
        using var response = await client.GetAsync(shop.Url, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(PaymentHandler.GetOutcome(response)!.Settlement);
    }

    private static HttpClient Client(out CountingWallet wallet, PaymentPolicy? policy = null, PaymentHandlerOptions? options = null) =>
        new(Handler(out wallet, policy, options));

    private static PaymentHandler Handler(out CountingWallet wallet, PaymentPolicy? policy = null, PaymentHandlerOptions? options = null) =>
        new(wallet = new CountingWallet(policy ?? TestPayments.Policy), options ?? new PaymentHandlerOptions()) { InnerHandler = PaymentHandler.CreatePrimaryHandler() };

    private sealed class CountingWallet(PaymentPolicy policy) : IPaymentWallet
    {
        private readonly KeyWallet _wallet = new(TestPayments.Buyer, policy, RandomNumberGenerator.Create(), new FakeTimeProvider(TestPayments.Now));

        public int Asked { get; private set; }

        public ValueTask<Result<SignedPayment>> PayAsync(PaymentRequired required, Uri uri, CancellationToken cancellationToken)
        {
            Asked++;
            return _wallet.PayAsync(required, uri, cancellationToken);
        }
    }

    /// <summary>What a retry handler does.</summary>
    private sealed class RepeatingHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            return response.StatusCode == HttpStatusCode.ServiceUnavailable ? await base.SendAsync(request, cancellationToken) : response;
        }
    }

    private sealed class AskingHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.PaymentRequired) { RequestMessage = request };
            response.Headers.TryAddWithoutValidation(PaymentHeaderNames.PaymentRequired, TestPayments.Offer.ToAnswer("e").Header);
            return Task.FromResult(response);
        }
    }
}
