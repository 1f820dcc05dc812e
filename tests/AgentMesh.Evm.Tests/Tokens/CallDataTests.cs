using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Signing;
using AgentMesh.Evm.Tokens;

namespace AgentMesh.Evm.Tests.Tokens;

public sealed class CallDataTests
{
    private static readonly EvmAddress Alice = EvmAddress.Parse("0x00000000000000000000000000000000000a11ce");
    private static readonly EvmAddress Bob = EvmAddress.Parse("0x0000000000000000000000000000000000000b0b");
    private static readonly EvmAddress Token = EvmAddress.Parse("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
    private static readonly Bytes32 Nonce = Bytes32.Parse("0x" + new string('e', 64));

    private static readonly string AliceWord = new string('0', 59) + "a11ce";
    private static readonly string BobWord = new string('0', 61) + "b0b";

    // Selectors: https://www.4byte.directory, and the ABI of USDC's FiatTokenV2_2.
    [Fact]
    public void Calls_HaveTheirSelectorsAndWords()
    {
        Assert.Equal("0x70a08231" + AliceWord, Hex.Encode(Erc20.BalanceOf(Alice)));
        Assert.Equal("0x06fdde03", Hex.Encode(Erc20.Name()));
        Assert.Equal("0x54fd4d50", Hex.Encode(Erc20.Version()));
        Assert.Equal("0x313ce567", Hex.Encode(Erc20.Decimals()));
        Assert.Equal("0xe94a0102" + AliceWord + new string('e', 64), Hex.Encode(Eip3009.AuthorizationState(Alice, Nonce)));
    }

    [Fact]
    public void TransferWithAuthorization_IsCalledWithVRS_OrWithBytes()
    {
        var authorization = new TransferWithAuthorization(Alice, Bob, 16UL, 1UL, 2UL, Nonce);
        var words = AliceWord + BobWord + new string('0', 62) + "10" + new string('0', 63) + "1" + new string('0', 63) + "2" + new string('e', 64);
        var r = new string('1', 64);
        var s = new string('2', 64);
        var signature = EvmSignature.Read($"0x{r}{s}1c").Value;
        Assert.Equal("0xe3ee160e" + words + new string('0', 62) + "1c" + r + s, Hex.Encode(Eip3009.TransferWithAuthorization(authorization, signature)));

        var bytes = new byte[EvmSignature.Length];
        signature.CopyTo(bytes);
        Assert.Equal(
            "0xcf092995" + words + new string('0', 62) + "e0" + new string('0', 62) + "41" + r + s + "1c" + new string('0', 62),
            Hex.Encode(Eip3009.TransferWithAuthorization(authorization, bytes)));
    }

    [Fact]
    public void Topics_AreThoseOfTheEvents()
    {
        // https://eips.ethereum.org/EIPS/eip-20 and https://eips.ethereum.org/EIPS/eip-3009
        Assert.Equal("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", Erc20.TransferTopic.ToString());
        Assert.Equal("0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5", Eip3009.AuthorizationUsedTopic.ToString());
        Assert.Equal("0x1cdd46ff242716cdaa72d159d339a485b3438398348d68f09d7c8c0a59353d81", Eip3009.AuthorizationCanceledTopic.ToString());
    }

    [Fact]
    public void Events_AreRead()
    {
        var transfer = Transfer();
        Assert.Equal(new Erc20Transfer(Token, Alice, Bob, 16UL), Erc20Transfer.TryRead(transfer));
        Assert.Null(AuthorizationUsed.TryRead(transfer));

        var used = new FilterLog(Token, [Eip3009.AuthorizationUsedTopic, Word(AliceWord), Nonce], ReadOnlyMemory<byte>.Empty, 1);
        Assert.Equal(new AuthorizationUsed(Token, Alice, Nonce), AuthorizationUsed.TryRead(used));
        Assert.Null(Erc20Transfer.TryRead(used));
    }

    public static TheoryData<string, FilterLog> OtherTransfers => new()
    {
        { "another event", Transfer() with { Topics = [Nonce, Word(AliceWord), Word(BobWord)] } },
        { "no topics", Transfer() with { Topics = [] } },
        { "ERC-721", Transfer() with { Topics = [Erc20.TransferTopic, Word(AliceWord), Word(BobWord), Nonce] } },
        { "nothing indexed", Transfer() with { Topics = [Erc20.TransferTopic] } },
        { "a topic that is no address", Transfer() with { Topics = [Erc20.TransferTopic, Nonce, Word(BobWord)] } },
        { "no value", Transfer() with { Data = ReadOnlyMemory<byte>.Empty } },
        { "half a value", Transfer() with { Data = new byte[31] } },
    };

    [Theory]
    [MemberData(nameof(OtherTransfers), DisableDiscoveryEnumeration = true)]
    public void Log_OfAnotherShape_IsNoTransfer(string label, FilterLog log)
    {
        Assert.NotEmpty(label);
        Assert.Null(Erc20Transfer.TryRead(log));
    }

    private static FilterLog Transfer()
    {
        var data = new byte[32];
        data[31] = 16;
        return new FilterLog(Token, [Erc20.TransferTopic, Word(AliceWord), Word(BobWord)], data, 0);
    }

    private static Bytes32 Word(string digits) => Bytes32.Parse("0x" + digits);
}
