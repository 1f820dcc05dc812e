using System.Net;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm.Client;

/// <summary>How a payment is sent, seen from below the handler.</summary>
public sealed class PaymentSendingTests
{
    /// <summary>Again is sent what may have been taken: the seller answers it again. What no connection could be made for would not be.</summary>
    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.ResponseEnded, true)]
    [InlineData(HttpRequestError.HttpProtocolError, true)]
    [InlineData(HttpRequestError.Unknown, true)]
    [InlineData(HttpRequestError.NameResolutionError, false)]
    [InlineData(HttpRequestError.SecureConnectionError, false)]
    [InlineData(HttpRequestError.InvalidResponse, false)]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, false)]
    public async Task Payment_IsSentAgain_WhenTheConnectionBroke(HttpRequestError error, bool again)
    {
        var stub = Shop((sent, _) => sent == 2 ? throw new HttpRequestException(error) : Task.FromResult(Served()));
        using var client = Client(stub);
        if (again)
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(Request(), TestContext.Current.CancellationToken)).StatusCode);
        else
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(Request(), TestContext.Current.CancellationToken));
        Assert.Equal(again ? 3 : 2, stub.Requests.Count);
    }

    [Fact]
    public async Task Payment_IsNotSentAgain_WhenTheCallerHasGivenUp()
    {
        using var given = new CancellationTokenSource();
        var stub = Shop(async (_, _) =>
        {
            await given.CancelAsync();
            throw new HttpRequestException(HttpRequestError.ConnectionError);
        });
        using var client = Client(stub);
        using var request = Request();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, given.Token));
        Assert.Equal(2, stub.Requests.Count);
        Assert.NotNull(PaymentHandler.GetOutcome(request)!.Payment);
    }

    [Fact]
    public async Task ReceiptOfVersion2_ComesBeforeThatOfVersion1()
    {
        var stub = Shop((_, _) =>
        {
            var served = Served();
            served.Headers.Add(PaymentHeaderNames.XPaymentResponse, PaymentHeaders.Write(new SettleResponse(true, "0x1", "base-sepolia")));
            served.Headers.Add(PaymentHeaderNames.PaymentResponse, PaymentHeaders.Write(new SettleResponse(true, "0x2", "eip155:84532")));
            return Task.FromResult(served);
        });
        using var client = Client(stub);
        using var response = await client.SendAsync(Request(), TestContext.Current.CancellationToken);
        Assert.Equal(new SettleResponse(true, "0x2", "eip155:84532"), PaymentHandler.GetOutcome(response)!.Settlement);
    }

    /// <summary>A 402 without a header says its terms in its body, of which no more is taken than terms may have.</summary>
    [Theory]
    [InlineData(X402Limits.MaxBodyBytes, true)]
    [InlineData(X402Limits.MaxBodyBytes + 1, false)]
    public async Task TermsInABody_HaveTheirLength(int length, bool paid)
    {
        var stub = new StubHandler((sent, _) => Task.FromResult(
            sent == 1 ? StubHandler.Json(HttpStatusCode.PaymentRequired, ClientSentencesTests.Body().PadRight(length)) : Served()));
        using var client = Client(stub);
        if (paid)
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(Request(), TestContext.Current.CancellationToken)).StatusCode);
        else
            await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(Request(), TestContext.Current.CancellationToken));
        Assert.Equal(paid ? 2 : 1, stub.Requests.Count);
    }

    /// <summary>Its connection is needed for the request that pays.</summary>
    [Fact]
    public async Task AnswerThatAsked_IsClosed_WhenItIsPaid()
    {
        var asked = Asking();
        var stub = new StubHandler((sent, _) => Task.FromResult(sent == 1 ? asked : Served()));
        using var client = Client(stub);
        using var response = await client.SendAsync(Request(), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => asked.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AnswerThatKnowsNoRequest_CostNothing()
    {
        using var response = new HttpResponseMessage();
        Assert.Null(PaymentHandler.GetOutcome(response));
    }

    [Fact]
    public void Payments_AreNotMadeByTheBlockingCall()
    {
        using var client = Client(Shop((_, _) => Task.FromResult(Served())));
        var refused = Assert.Throws<NotSupportedException>(() => client.Send(Request(), TestContext.Current.CancellationToken));
        Assert.Equal("Payments are made by SendAsync.", refused.Message);
    }

    [Theory]
    [InlineData("sockets", true)]
    [InlineData("sockets", false)]
    [InlineData("classic", true)]
    [InlineData("classic", false)]
    public async Task HandlerThatFollowsRedirects_IsRefusedBeforeAnythingIsSent(string kind, bool follows)
    {
        await using var shop = await Evm.Shop.StartAsync();
        HttpMessageHandler primary = kind == "sockets" ? new SocketsHttpHandler { AllowAutoRedirect = follows } : new HttpClientHandler { AllowAutoRedirect = follows };
        using var client = Client(primary);
        using var request = new HttpRequestMessage(HttpMethod.Get, shop.Url);
        if (follows)
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));
            Assert.Equal("The primary handler has to have AllowAutoRedirect off: a redirect would carry the payment along.", refused.Message);
        }
        else
        {
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        }

        Assert.Equal(follows ? 0 : 2, shop.Requests.Count);
    }

    /// <summary>The options of a request are everybody's: two of one name would overwrite each other.</summary>
    [Fact]
    public async Task OptionsOfARequest_AreNamedAfterThisLibrary()
    {
        using var client = Client(Shop((_, _) => Task.FromResult(Served())));
        using var request = Request();
        await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(["AgentMesh.X402.Outcome", "AgentMesh.X402.Payment"], request.Options.Select(option => option.Key).Order());
    }

    /// <summary>Whatever comes late: the request's body, the answer that asks, its body, the wallet, the answer to the payment, in each of its ways.</summary>
    [Theory]
    [InlineData("question")]
    [InlineData("asking")]
    [InlineData("terms")]
    [InlineData("wallet")]
    [InlineData("served")]
    [InlineData("paid before")]
    [InlineData("paid by others")]
    public async Task Answers_DoNotComeBackIntoTheCallersContext(string late)
    {
        var release = new TaskCompletionSource();
        var stub = new StubHandler(async (sent, _) =>
        {
            var isFirst = sent == 1 && !late.StartsWith("paid", StringComparison.Ordinal);
            if (isFirst ? late == "asking" : late is not ("question" or "terms" or "wallet" or "asking"))
                await release.Task.ConfigureAwait(false);
            if (!isFirst)
                return Served();
            return late == "terms" ? new HttpResponseMessage(HttpStatusCode.PaymentRequired) { Content = new LateContent(ClientSentencesTests.Body(), release.Task) } : Asking();
        });
        using var client = Client(stub, new LateWallet(late == "wallet" ? release.Task : Task.CompletedTask));
        using var request = new HttpRequestMessage(HttpMethod.Post, TestPayments.Url);
        // Before it is in the context: the stub reads it too.
        request.Content = late == "question" ? new LateContent("question", release.Task) : null;
        if (late == "paid before")
            request.Options.Set(PaymentHandler.PaymentKey, TestPayments.Sign(2));
        else if (late == "paid by others")
            request.Headers.Add(PaymentHeaderNames.XPayment, "theirs");
        using var response = await CallerContext.RunAsync(() => client.SendAsync(request, TestContext.Current.CancellationToken), release.SetResult);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(late.StartsWith("paid", StringComparison.Ordinal) ? 1 : 2, stub.Requests.Count);
    }

    private static HttpRequestMessage Request() => new(HttpMethod.Get, TestPayments.Url);

    private static HttpResponseMessage Served() => StubHandler.Json(HttpStatusCode.OK, "{}");

    private static HttpResponseMessage Asking()
    {
        var answer = StubHandler.Json(HttpStatusCode.PaymentRequired, "{}");
        answer.Headers.Add(PaymentHeaderNames.PaymentRequired, TestPayments.Offer.ToAnswer("e").Header);
        return answer;
    }

    /// <summary>Asks first, and then answers as the test says.</summary>
    private static StubHandler Shop(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) =>
        new((sent, token) => sent == 1 ? Task.FromResult(Asking()) : answer(sent, token));

    private static HttpMessageInvoker Client(HttpMessageHandler primary, IPaymentWallet? wallet = null) =>
        new(new PaymentHandler(wallet ?? new LateWallet(Task.CompletedTask), new PaymentHandlerOptions()) { InnerHandler = primary });

    private sealed class LateWallet(Task release) : IPaymentWallet
    {
        public async ValueTask<Result<SignedPayment>> PayAsync(PaymentRequired required, Uri uri, CancellationToken cancellationToken)
        {
            await release.ConfigureAwait(false);
            return await ClientSentencesTests.Wallet(TestPayments.Policy).PayAsync(required, uri, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A body that is not all there yet.</summary>
    private sealed class LateContent(string text, Task release) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await release.ConfigureAwait(false);
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text)).ConfigureAwait(false);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
