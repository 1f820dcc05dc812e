using AgentMesh.Evm;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Tokens;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

/// <summary>What the chain says of an authorization whose settlement nobody knows the end of.</summary>
public sealed class ChainLookTests : IDisposable
{
    private static readonly AuthorizedTransfer Transfer = AuthorizedTransfer.Of(TestPayments.Sign(X402Version.V2).Payment);
    private static readonly Bytes32 First = LedgerNode.Transaction(1);
    private static readonly Bytes32 Second = LedgerNode.Transaction(2);
    private static readonly SettleVerdict NotYet = Unknown("The authorization has not been executed yet, and still can be.");

    private readonly LedgerNode _node = new();
    private readonly FakeTimeProvider _time = new(TestPayments.Now);
    private readonly HttpClient _http;
    private readonly ChainLook _look;

    public ChainLookTests()
    {
        _http = new HttpClient(_node);
        _look = new ChainLook(new EvmRpcClient(_http, new Uri("http://node.example"), new EvmRpcOptions(), new FakeTimeProvider()), _time);
    }

    public void Dispose()
    {
        _look.Dispose();
        _http.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task WithoutANode_NothingIsKnown()
    {
        using var look = new ChainLook((Uri?)null, _time);
        using var other = new ChainLook((EvmRpcClient?)null, _time);
        var unknown = Unknown("No node of the chain is configured.");
        Assert.Equal(unknown, await look.LookAsync(Transfer, First.ToString(), TestContext.Current.CancellationToken));
        Assert.Equal(unknown, await other.LookAsync(Transfer, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task NodeOfAnotherChain_KnowsNothing()
    {
        _node.ChainId = 8453;
        _node.Add(First, true, LedgerNode.Used(Transfer), LedgerNode.Paid(Transfer));
        Assert.Equal(Unknown("The configured node is of another chain."), await LookAsync(First.ToString()));
        Assert.Equal(["eth_chainId"], _node.Calls);
    }

    [Fact]
    public async Task NamedTransactionThatPaid_Settles_AndNothingElseIsAsked()
    {
        _node.Add(First, true, LedgerNode.Used(Transfer), LedgerNode.Paid(Transfer));
        Assert.Equal(new SettleVerdict(SettleOutcome.Settled, First.ToString()), await LookAsync(First.ToString()));
        Assert.Equal(["eth_chainId", "eth_getTransactionReceipt"], _node.Calls);
    }

    /// <summary>A name of a transaction is a stranger's word: without a receipt that shows this payment it proves nothing.</summary>
    [Theory]
    [InlineData("no hash")]
    [InlineData("unknown")]
    [InlineData("reverted")]
    [InlineData("empty")]
    [InlineData("unused")]
    [InlineData("unpaid")]
    [InlineData("nonce")]
    [InlineData("amount")]
    [InlineData("payee")]
    [InlineData("payer")]
    [InlineData("token")]
    public async Task NamedTransaction_HasToShowThisPayment(string what)
    {
        var other = EvmAddress.Parse("0x0000000000000000000000000000000000000001");
        var (used, paid) = what switch
        {
            "nonce" => (Transfer with { Nonce = Second }, Transfer),
            "amount" => (Transfer, Transfer with { Value = 99_999UL }),
            "payee" => (Transfer, Transfer with { To = other }),
            "payer" => (Transfer with { From = other }, Transfer with { From = other }),
            "token" => (Transfer with { Asset = other }, Transfer with { Asset = other }),
            _ => (Transfer, Transfer),
        };
        if (what != "unknown")
        {
            _node.Add(First, what != "reverted", what switch
            {
                "empty" => [],
                "unused" => [LedgerNode.Paid(paid)],
                "unpaid" => [LedgerNode.Used(used)],
                _ => [LedgerNode.Used(used), LedgerNode.Paid(paid)],
            });
        }

        Assert.Equal(NotYet, await LookAsync(what == "no hash" ? "0x11" : First.ToString()));
    }

    [Theory]
    [InlineData(120, false)]
    [InlineData(121, true)]
    public async Task AuthorizationThatIsNotUsed_HasFailed_WhenNobodyCanUseItAnyMore(int seconds, bool failed)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(
            failed ? new SettleVerdict(SettleOutcome.Failed, null, SellerCodes.AuthorizationExpired, "The authorization has expired without having been executed.") : NotYet,
            await LookAsync(null));
        Assert.Equal(["eth_chainId", "eth_call"], _node.Calls);
    }

    /// <summary>The answer may be from before the time ran out, and the authorization have been used in between.</summary>
    [Fact]
    public async Task AuthorizationThatExpiresWhileTheNodeIsAsked_HasNotExpired()
    {
        _node.StateAsked = () => _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(NotYet, await LookAsync(null));
    }

    /// <summary>Whatever the time: what was executed was executed.</summary>
    [Fact]
    public async Task UsedAuthorization_IsSettled_ByTheTransactionThatPaid()
    {
        _time.Advance(TimeSpan.FromDays(1));
        _node.State = LedgerNode.Word(1);
        _node.Add(First, true, LedgerNode.Used(Transfer));
        _node.Add(Second, true, LedgerNode.Paid(Transfer with { Value = 7UL }), LedgerNode.Used(Transfer), LedgerNode.Paid(Transfer));
        _node.AddEvent(Eip3009.AuthorizationUsedTopic, First);
        _node.AddEvent(Eip3009.AuthorizationUsedTopic, Second);
        Assert.Equal(new SettleVerdict(SettleOutcome.Settled, Second.ToString()), await LookAsync(null));
    }

    /// <summary>What nodes serve at once: 9,000 blocks before the last.</summary>
    [Theory]
    [InlineData(0, "0x0")]
    [InlineData(8_999, "0x0")]
    [InlineData(9_000, "0x0")]
    [InlineData(9_001, "0x1")]
    [InlineData(1_000_000, "0xf1f18")]
    public async Task Events_AreLookedForInTheNewestBlocks(int last, string from)
    {
        _node.State = LedgerNode.Word(1);
        _node.LastBlock = (ulong)last;
        await LookAsync(null);
        Assert.Equal([Filter(Eip3009.AuthorizationUsedTopic, from), Filter(Eip3009.AuthorizationCanceledTopic, from)], _node.Filters);
    }

    [Fact]
    public async Task CanceledAuthorization_HasFailed()
    {
        _node.State = LedgerNode.Word(1);
        _node.AddEvent(Eip3009.AuthorizationCanceledTopic, First);
        Assert.Equal(new SettleVerdict(SettleOutcome.Failed, null, SellerCodes.AuthorizationCanceled, "The payer has canceled the authorization."), await LookAsync(null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UsedAuthorization_OfWhichNoPaymentIsFound_IsUnknown(bool hasEvent)
    {
        _node.State = LedgerNode.Word(1);
        if (hasEvent)
            _node.AddEvent(Eip3009.AuthorizationUsedTopic, First);
        Assert.Equal(Unknown("The authorization was used, in no transaction that the node still finds."), await LookAsync(null));
    }

    [Theory]
    [InlineData("0x")]
    [InlineData("0x01")]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000002")]
    public async Task ContractWithoutEip3009_IsAMistakeOfTheConfiguration(string state)
    {
        _node.State = state;
        var wrong = await Assert.ThrowsAsync<InvalidDataException>(() => LookAsync(null));
        Assert.Equal("The contract is no token with EIP-3009.", wrong.Message);
    }

    [Fact]
    public async Task NodeThatDoesNotSay_IsNoVerdict()
    {
        _node.State = "none";
        await Assert.ThrowsAsync<EvmRpcException>(() => LookAsync(null));
    }

    /// <summary>Whichever of the answers comes late.</summary>
    [Theory]
    [InlineData(1, "eth_chainId")]
    [InlineData(2, "eth_getTransactionReceipt")]
    [InlineData(3, "eth_call")]
    [InlineData(4, "eth_blockNumber")]
    [InlineData(5, "eth_getLogs")]
    [InlineData(6, "eth_getTransactionReceipt")]
    [InlineData(7, "eth_blockNumber")]
    [InlineData(8, "eth_getLogs")]
    public async Task Answers_DoNotComeBackIntoTheCallersContext(int late, string method)
    {
        _node.State = LedgerNode.Word(1);
        _node.AddEvent(Eip3009.AuthorizationUsedTopic, Second);
        _node.AddEvent(Eip3009.AuthorizationCanceledTopic, Second);
        _node.LateAnswer = late;
        var verdict = await CallerContext.RunAsync(() => LookAsync(First.ToString()), _node.Release.SetResult);
        Assert.Equal(SellerCodes.AuthorizationCanceled, verdict.Code);
        Assert.Equal(method, _node.Calls[late - 1]);
    }

    private static SettleVerdict Unknown(string detail) => new(SettleOutcome.Unknown, null, SellerCodes.PaymentUnknown, detail);

    private static string Filter(Bytes32 topic, string from) =>
        $$"""{"address":"{{KnownAssets.UsdcOnBaseSepolia.Address}}","topics":["{{topic}}","{{LedgerNode.Word(Transfer.From)}}","{{Transfer.Nonce}}"],"fromBlock":"{{from}}","toBlock":"latest"}""";

    private Task<SettleVerdict> LookAsync(string? transaction) => _look.LookAsync(Transfer, transaction, TestContext.Current.CancellationToken);
}
