using System.Net;
using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

/// <summary>What a facilitator's answers mean, and what is asked again.</summary>
public sealed class FacilitatorClientTests
{
    private const string Hash = "0x1111111111111111111111111111111111111111111111111111111111111111";
    private const string AnotherPayment = "The facilitator says that another payment was settled.";
    private const string NotSettled = "The facilitator has not settled the payment.";
    private const string CannotSay = "The facilitator cannot say that the payment was not executed.";

    private static readonly byte[] Order = "{\"the\":\"order\"}"u8.ToArray();

    /// <summary>Only the waits between tries come to an end.</summary>
    private readonly TrackedTime _time = new(TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData("eip155:84532", null)]
    [InlineData("base-sepolia", null)]
    [InlineData("eip155:84532", "")]
    [InlineData("eip155:84532", "lower")]
    public async Task Settled_IsWhatNamesTheTransactionOnThisNetworkOfThisPayer(string network, string? payer)
    {
        var said = payer == "lower" ? TestPayments.Buyer.Address.ToString().ToLowerInvariant() : TestPayments.Buyer.Address.ToString();
        var json = $$"""{"success":true,"transaction":"{{Hash.ToUpperInvariant().Replace('X', 'x')}}","network":"{{network}}"{{(payer is null ? "" : $",\"payer\":\"{said}\"")}} }""";
        Assert.Equal(new SettleVerdict(SettleOutcome.Settled, Hash), await SettleOnceAsync(HttpStatusCode.OK, json));
    }

    /// <summary>A word that contradicts itself proves neither that the money has moved nor that it has not.</summary>
    [Theory]
    [InlineData(500, Hash, "eip155:84532", null)]
    [InlineData(200, "", "eip155:84532", null)]
    [InlineData(200, "0x11", "eip155:84532", null)]
    [InlineData(200, Hash, "eip155:8453", null)]
    [InlineData(200, Hash, "base", null)]
    [InlineData(200, Hash, "solana:1", null)]
    [InlineData(200, Hash, "", null)]
    [InlineData(200, Hash, "eip155:84532", "0x1343558b1e48Ee16260e386DBEE4693902DB77c4")]
    [InlineData(200, Hash, "eip155:84532", "buyer")]
    [InlineData(200, Hash, "eip155:84532", "")]
    public async Task SuccessOfAnotherPayment_IsUnknown(int status, string transaction, string network, string? payer)
    {
        var json = $$"""{"success":true,"transaction":"{{transaction}}","network":"{{network}}"{{(payer is null ? "" : $",\"payer\":\"{payer}\"")}} }""";
        Assert.Equal(
            new SettleVerdict(SettleOutcome.Unknown, transaction == Hash ? Hash : null, SellerCodes.PaymentUnknown, AnotherPayment), await SettleOnceAsync((HttpStatusCode)status, json));
    }

    [Theory]
    [InlineData("\"insufficient_funds\"", "", SettleOutcome.Failed, "insufficient_funds")]
    [InlineData("\"invalid_exact_evm_payload_signature\"", "", SettleOutcome.Failed, "invalid_exact_evm_payload_signature")]
    [InlineData("\"a_word_of_its_own\"", "", SettleOutcome.Failed, "a_word_of_its_own")]
    // The money may be on its way, or have moved.
    [InlineData("\"insufficient_funds\"", Hash, SettleOutcome.Unknown, "insufficient_funds")]
    [InlineData("\"settlement_pending\"", "", SettleOutcome.Unknown, "settlement_pending")]
    [InlineData("\"settlement_pending\"", Hash, SettleOutcome.Unknown, "settlement_pending")]
    [InlineData("\"invalid_exact_evm_nonce_already_used\"", "", SettleOutcome.Unknown, "invalid_exact_evm_nonce_already_used")]
    [InlineData("\"their_nonce_already_used\"", "", SettleOutcome.Unknown, "their_nonce_already_used")]
    [InlineData("\"nonce_already_used_by_whom\"", "", SettleOutcome.Failed, "nonce_already_used_by_whom")]
    [InlineData("\"invalid_transaction_state\"", "", SettleOutcome.Unknown, "invalid_transaction_state")]
    [InlineData("\"unexpected_settle_error\"", "", SettleOutcome.Unknown, "unexpected_settle_error")]
    [InlineData("\"duplicate_settlement\"", "", SettleOutcome.Unknown, "duplicate_settlement")]
    [InlineData("null", "", SettleOutcome.Unknown, "unexpected_settle_error")]
    public async Task Failure_IsOne_WhenTheMoneyCannotHaveMoved(string reason, string transaction, SettleOutcome outcome, string code)
    {
        foreach (var status in new[] { HttpStatusCode.OK, HttpStatusCode.BadRequest })
        {
            var verdict = await SettleOnceAsync(status, $$"""{"success":false,"transaction":"{{transaction}}","network":"eip155:84532","errorReason":{{reason}} }""");
            Assert.Equal(new SettleVerdict(outcome, transaction == Hash ? Hash : null, code, outcome == SettleOutcome.Failed ? NotSettled : CannotSay), verdict);
        }
    }

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(502, "<html>")]
    public async Task AnswerThatCannotBeRead_IsUnknown(int status, string body) => Assert.Equal(
        Unknown($"The facilitator answered {status} without saying what became of the payment."), await SettleOnceAsync((HttpStatusCode)status, body));

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.SecureConnectionError, true)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.HttpProtocolError, false)]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public async Task Order_WasNotGiven_WhenThereWasNoConnection(HttpRequestError error, bool notSent)
    {
        using var client = Client(new StubHandler((_, _) => throw new HttpRequestException(error)));
        var verdict = await client.SettleOnceAsync(Order, EvmNetwork.BaseSepolia, TestPayments.Buyer.Address, TestContext.Current.CancellationToken);
        Assert.Equal(
            notSent
                ? new SettleVerdict(SettleOutcome.NotSent, null, SellerCodes.PaymentNotSettled, "The facilitator was not reached.")
                : Unknown("The connection to the facilitator broke."),
            verdict);
    }

    [Fact]
    public async Task OrderThatWasNotGiven_IsGivenThreeTimesMore_ASecondApart()
    {
        var stub = new StubHandler((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError));
        using var client = Client(stub);
        var verdict = await SettleAsync(client);
        Assert.Equal(SettleOutcome.NotSent, verdict.Outcome);
        Assert.Equal(4, stub.Requests.Count);
        var (once, pause) = (TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(1));
        Assert.Equal([once, pause, once, pause, once, pause, once], _time.Waits);
    }

    /// <summary>A second order might be a second payment for those that do not look at the nonce.</summary>
    [Theory]
    [InlineData(HttpRequestError.ResponseEnded, SettleOutcome.Unknown)]
    [InlineData(null, SettleOutcome.Failed)]
    public async Task OrderThatWasGiven_IsNotGivenAgain(HttpRequestError? error, SettleOutcome outcome)
    {
        var stub = new StubHandler((sent, _) => sent == 1
            ? throw new HttpRequestException(HttpRequestError.ConnectionError)
            : error is { } broken
                ? throw new HttpRequestException(broken)
                : Task.FromResult(StubHandler.Json(HttpStatusCode.OK, """{"success":false,"transaction":"","network":"","errorReason":"insufficient_funds"}""")));
        using var client = Client(stub);
        Assert.Equal(outcome, (await SettleAsync(client)).Outcome);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public async Task OrderThatIsNotAnsweredInTime_IsUnknown_AndNotGivenAgain()
    {
        var time = new TrackedTime(TimeSpan.FromSeconds(90));
        var stub = new StubHandler(HangAsync);
        using var client = Client(stub, time);
        Assert.Equal(Unknown("The facilitator did not answer in time."), await SettleAsync(client));
        Assert.Single(stub.Requests);
    }

    /// <summary>Its own time may be over as well by then.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OrderThatTheCallerGivesUp_HasNoVerdict(bool isLate)
    {
        using var given = new CancellationTokenSource();
        using var client = Client(
            new StubHandler(async (_, token) =>
            {
                if (isLate)
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => HangAsync(1, token));
                await given.CancelAsync();
                throw new OperationCanceledException(given.Token);
            }),
            new TrackedTime(TimeSpan.FromSeconds(isLate ? 90 : 1)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SettleOnceAsync(Order, EvmNetwork.BaseSepolia, TestPayments.Buyer.Address, given.Token));
    }

    /// <summary>A body without a length is what a sidecar on the way does not send again.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Order_IsPostedAsItIs(bool omitsLength)
    {
        var stub = StubHandler.Always(HttpStatusCode.OK, "{}");
        using var client = Client(stub, options: new FacilitatorClientOptions { OmitsLengthOfOrders = omitsLength });
        await SettleAsync(client);
        var sent = Assert.Single(stub.Requests);
        Assert.Equal((HttpMethod.Post, "https://facilitator.example/x402/settle", "application/json", omitsLength), (sent.Method, sent.Uri.AbsoluteUri, sent.ContentType, sent.IsChunked));
        Assert.Equal(Order, sent.Body);
    }

    [Fact]
    public async Task Order_DoesNotComeBackIntoTheCallersContext()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        using var client = Client(new StubHandler((sent, _) => sent == 1 ? answer.Task : throw new HttpRequestException(HttpRequestError.ResponseEnded)));
        var verdict = await CallerContext.RunAsync(() => SettleAsync(client), () => answer.SetException(new HttpRequestException(HttpRequestError.ConnectionError)));
        Assert.Equal(SettleOutcome.Unknown, verdict.Outcome);
    }

    [Fact]
    public async Task PauseBeforeTheNextTry_DoesNotComeBackIntoTheCallersContext()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestPayments.Now);
        using var client = Client(new StubHandler((sent, _) => throw new HttpRequestException(sent == 1 ? HttpRequestError.ConnectionError : HttpRequestError.ResponseEnded)), time);
        var verdict = await CallerContext.RunAsync(() => SettleAsync(client), () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(SettleOutcome.Unknown, verdict.Outcome);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", false)]
    [InlineData("buyer", false)]
    public void Payer_IsTheOneOfThePayment_AsFarAsItIsSaid(string? said, bool isPayer)
    {
        Assert.Equal(isPayer, FacilitatorClient.IsPayer(said, TestPayments.Buyer.Address));
        Assert.True(FacilitatorClient.IsPayer(TestPayments.Buyer.Address.ToString(), TestPayments.Buyer.Address));
        Assert.False(FacilitatorClient.IsPayer(TestPayments.Seller.ToString(), TestPayments.Buyer.Address));
        Assert.False(FacilitatorClient.IsPayer(EvmAddress.Zero.ToString(), TestPayments.Buyer.Address));
        Assert.False(FacilitatorClient.IsPayer(said ?? "", default));
    }

    private static SettleVerdict Unknown(string detail) => new(SettleOutcome.Unknown, null, SellerCodes.PaymentUnknown, detail);

    private static async Task<HttpResponseMessage> HangAsync(int sent, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        throw new InvalidOperationException($"Request {sent} waits for ever.");
    }

    private static Task<SettleVerdict> SettleAsync(FacilitatorClient client) =>
        client.SettleAsync(Order, EvmNetwork.BaseSepolia, TestPayments.Buyer.Address, TestContext.Current.CancellationToken);

    private async Task<SettleVerdict> SettleOnceAsync(HttpStatusCode status, string body)
    {
        using var client = Client(StubHandler.Always(status, body));
        return await client.SettleOnceAsync(Order, EvmNetwork.BaseSepolia, TestPayments.Buyer.Address, TestContext.Current.CancellationToken);
    }

    private FacilitatorClient Client(HttpMessageHandler handler, TimeProvider? time = null, FacilitatorClientOptions? options = null) =>
        new(FacilitatorClient.CreateHttpClient(new Uri("https://facilitator.example/x402"), handler), options ?? new FacilitatorClientOptions(), time ?? _time);
}
