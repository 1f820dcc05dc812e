using AgentMesh.Evm;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Tests.Wire;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Exact.Evm.Facilitator;

/// <summary>What is told of a bad payment beside its reason, <c>invalidMessage</c>: which member it is, for whoever writes a client.</summary>
public sealed class VerifierSentencesTests
{
    [Theory]
    [InlineData("accepted.scheme", "\"upto\"", "The scheme is not exact.")]
    [InlineData("accepted.network", "\"solana:x\"", "The network is none that is known.")]
    [InlineData("accepted.network", "\"eip155:8453\"", "The payment is for another network.")]
    [InlineData("accepted.asset", "\"USDC\"", "accepted.asset is not the asset that was asked for.")]
    [InlineData("payload", "{}", "authorization is missing.")]
    [InlineData("payload", "[]", "payload is not an object.")]
    [InlineData("payload", "{\"permit2Authorization\":{}}", "Only authorizations of EIP-3009 are taken.")]
    [InlineData("payload", "{\"delegationManager\":\"0x\"}", "Only authorizations of EIP-3009 are taken.")]
    [InlineData("payload.signature", "\"0xzz\"", "signature is not bytes in hex.")]
    [InlineData("payload.authorization.from", "\"0x00\"", "authorization.from is not an address.")]
    [InlineData("payload.authorization.to", "\"0x00\"", "authorization.to is not an address.")]
    [InlineData("payload.authorization.value", "\"ten\"", "authorization.value is not a uint256 in decimal digits.")]
    [InlineData("payload.authorization.validAfter", "\"now\"", "authorization.validAfter is not a uint256 in decimal digits.")]
    [InlineData("payload.authorization.validBefore", "\"then\"", "authorization.validBefore is not a uint256 in decimal digits.")]
    [InlineData("payload.authorization.nonce", "\"0x00\"", "authorization.nonce is not 32 bytes in hex.")]
    [InlineData("payload.authorization.to", "\"0x0000000000000000000000000000000000000001\"", "authorization.to is not payTo.")]
    [InlineData("payload.authorization.value", "\"1\"", "authorization.value is not the amount.")]
    [InlineData("payload.authorization.validBefore", "\"1800000005\"", "authorization.validBefore has passed, or will before the payment is settled.")]
    [InlineData("payload.authorization.validAfter", "\"1800000001\"", "authorization.validAfter has not passed.")]
    [InlineData("payload.authorization.validAfter", "\"1\"", "authorization.from did not sign this for this token on this network.")]
    [InlineData("payload.signature", "\"0x01\"", "The signature is a contract's (ERC-1271), which only its chain can check.")]
    public void Payment_IsToldWhatIsWrongWithIt(string path, string value, string sentence) =>
        Assert.Equal(sentence, SentenceOf(WireReadingTests.Change(TestPayments.Sign(2).Payload, path, value, WireJson.Wire.PaymentPayload), TestPayments.Requirements(2)));

    [Theory]
    [InlineData("asset", "\"USDC\"", "asset is not an address.")]
    [InlineData("extra", "{}", "extra.name and extra.version are the domain of the token.")]
    [InlineData("extra.name", "\"USD Coin\"", "extra.name is not the name of the token's domain.")]
    [InlineData("extra.version", "\"1\"", "extra.version is not the version of the token's domain.")]
    [InlineData("extra.assetTransferMethod", "\"permit2\"", "Only transfers by EIP-3009 are taken.")]
    [InlineData("payTo", "\"merchant\"", "payTo is not an address, or the amount not a uint256 in decimal digits.")]
    public void Requirements_AreToldWhatIsWrongWithThem(string path, string value, string sentence) =>
        Assert.Equal(sentence, SentenceOf(TestPayments.Sign(2).Payload, WireReadingTests.Change(TestPayments.Requirements(2), path, value, WireJson.Wire.PaymentRequirements)));

    [Fact]
    public void Version1_IsToldInItsOwnWords()
    {
        var payload = TestPayments.Sign(1).Payload;
        Assert.Equal("authorization.value is not maxAmountRequired.", SentenceOf(TestPayments.EditAuthorization(payload, "value", "1"), TestPayments.Requirements(1)));
        Assert.Equal("The payment and the requirements are of different versions.", SentenceOf(payload, TestPayments.Requirements(2)));
    }

    [Fact]
    public void SignaturesThatNoTokenTakes_AreTold()
    {
        var signed = TestPayments.Sign(2);
        var signature = signed.Payment.Signature.ToArray();
        signature[^1] -= 27;
        Assert.Equal("v is neither 27 nor 28.", SentenceOf(WithSignature(Hex.Encode(signature)), TestPayments.Requirements(2)));
        Assert.Equal(
            "The signature is of an account that may not be deployed (ERC-6492), which only its chain can check.",
            SentenceOf(WithSignature(VectorFile.At("erc6492").Text("wrapped")), TestPayments.Requirements(2)));

        PaymentPayload WithSignature(string text) => TestPayments.Edit(signed.Payload, node => node["signature"] = text);
    }

    /// <summary>Those of contracts are long, and no longer than what is read of them.</summary>
    [Theory]
    [InlineData(4_096, X402Reasons.UnsupportedPayloadType)]
    [InlineData(4_097, X402Reasons.InvalidPayload)]
    public void Signature_HasItsLength(int bytes, string reason)
    {
        var payload = TestPayments.Edit(TestPayments.Sign(2).Payload, node => node["signature"] = "0x" + new string('1', 2 * bytes));
        Assert.Equal(reason, ExactEvmVerifier.Verify(payload, TestPayments.Requirements(2), TestPayments.Now).Response.InvalidReason);
    }

    [Theory]
    [InlineData("elsewhere", X402Reasons.InvalidNetwork, "The network is not served.")]
    [InlineData("short", X402Reasons.InvalidSignature, "The signature is not 65 bytes, and authorization.from is not a contract.")]
    [InlineData("undeployed", X402Reasons.FactoryNotAllowed, "The account is not deployed, and no factory is called for a stranger.")]
    [InlineData("wrapped nothing", X402Reasons.InvalidSignature, "The signature ends as one of ERC-6492 and is none.")]
    [InlineData("denied", X402Reasons.InvalidSignature, "The account says that the signature is not its own.")]
    [InlineData("denied and used", X402Reasons.InvalidSignature, "The account says that the signature is not its own.")]
    [InlineData("used", X402Reasons.NonceAlreadyUsed, "The nonce is used or canceled.")]
    [InlineData("poor", X402Reasons.InsufficientFunds, "authorization.from has less than authorization.value.")]
    public async Task WhatTheChainSays_IsTold(string what, string reason, string sentence)
    {
        var chain = new LateChain
        {
            Network = what == "elsewhere" ? EvmNetwork.Base : EvmNetwork.BaseSepolia,
            HasCode = what is "wrapped nothing" || what.StartsWith("denied", StringComparison.Ordinal),
            IsUsed = what.EndsWith("used", StringComparison.Ordinal),
            Balance = what == "poor" ? 99_999UL : 100_000UL,
        };
        var signature = what switch
        {
            "short" => "0x01",
            "undeployed" => VectorFile.At("erc6492").Text("wrapped"),
            "wrapped nothing" => VectorFile.At("erc6492").Text("magicSuffix"),
            _ => null,
        };
        var payload = TestPayments.Sign(2).Payload;
        if (signature is not null)
            payload = TestPayments.Edit(payload, node => node["signature"] = signature);
        var found = await ExactEvmVerifier.VerifyAsync(payload, TestPayments.Requirements(2), TestPayments.Now, chain, TestContext.Current.CancellationToken);
        Assert.Equal(new VerifyResponse(false, reason, sentence, TestPayments.Buyer.Address.ToString()), found.Response);
    }

    /// <summary>The account's code, the nonce and the balance; with code its word on the signature, and nothing after a no.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public async Task Answers_DoNotComeBackIntoTheCallersContext(bool hasCode, int late)
    {
        var chain = new LateChain { HasCode = hasCode, LateAnswer = late };
        var found = await CallerContext.RunAsync(
            () => ExactEvmVerifier.VerifyAsync(TestPayments.Sign(2).Payload, TestPayments.Requirements(2), TestPayments.Now, chain, TestContext.Current.CancellationToken),
            chain.Release.SetResult);
        Assert.Equal(!hasCode, found.Response.IsValid);
        Assert.Equal(hasCode ? 2 : 3, chain.Calls);
    }

    private static string? SentenceOf(PaymentPayload payload, PaymentRequirements requirements) =>
        ExactEvmVerifier.Verify(payload, requirements, TestPayments.Now).Response.InvalidMessage;

    /// <summary>A chain that answers one question late. Its accounts deny every signature.</summary>
    private sealed class LateChain : IExactEvmChain
    {
        public EvmNetwork Network { get; init; } = EvmNetwork.BaseSepolia;

        public bool HasCode { get; init; }

        public bool IsUsed { get; init; }

        public UInt256 Balance { get; init; } = 100_000UL;

        public int LateAnswer { get; init; }

        public TaskCompletionSource Release { get; } = new();

        public int Calls { get; private set; }

        public Task<bool> HasCodeAsync(EvmAddress account, CancellationToken cancellationToken) => AnswerAsync(HasCode);

        public Task<bool> IsValidSignatureAsync(EvmAddress account, Bytes32 hash, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken) => AnswerAsync(false);

        public Task<bool> IsAuthorizationUsedAsync(EvmAddress asset, EvmAddress authorizer, Bytes32 nonce, CancellationToken cancellationToken) => AnswerAsync(IsUsed);

        public Task<UInt256> GetBalanceAsync(EvmAddress asset, EvmAddress owner, CancellationToken cancellationToken) => AnswerAsync(Balance);

        private async Task<T> AnswerAsync<T>(T value)
        {
            if (++Calls == LateAnswer)
                await Release.Task.ConfigureAwait(false);
            return value;
        }
    }
}
