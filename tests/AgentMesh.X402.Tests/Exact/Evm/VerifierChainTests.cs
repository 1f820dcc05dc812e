using System.Net;
using System.Text.Json;
using AgentMesh.Evm;
using AgentMesh.Evm.Rpc;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Facilitator;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.Tests.Exact.Evm;

/// <summary>What only the chain knows, from a chain that the test writes.</summary>
public sealed class VerifierChainTests
{
    [Theory]
    [InlineData(100_000, false, null)]
    [InlineData(100_001, false, null)]
    [InlineData(99_999, false, X402Reasons.InsufficientFunds)]
    [InlineData(0, false, X402Reasons.InsufficientFunds)]
    [InlineData(100_000, true, X402Reasons.NonceAlreadyUsed)]
    [InlineData(0, true, X402Reasons.NonceAlreadyUsed)]
    public async Task BalanceAndNonce_AreAskedFor(long balance, bool used, string? reason) =>
        Assert.Equal(reason, (await VerifyAsync(new FakeChain { Balance = (ulong)balance, IsUsed = used })).Response.InvalidReason);

    [Fact]
    public async Task AnotherChain_IsNotAsked()
    {
        var chain = new FakeChain { Network = EvmNetwork.Base };
        Assert.Equal(X402Reasons.InvalidNetwork, (await VerifyAsync(chain)).Response.InvalidReason);
        Assert.Equal(0, chain.Calls);
    }

    [Fact]
    public async Task WhatIsWrongWithoutAChain_CostsNoCall()
    {
        var chain = new FakeChain();
        var payload = TestPayments.EditAuthorization(TestPayments.Sign(2).Payload, "value", "1");
        var found = await ExactEvmVerifier.VerifyAsync(payload, TestPayments.Requirements(2), TestPayments.Now, chain, TestContext.Current.CancellationToken);
        Assert.Equal(X402Reasons.AuthorizationValueMismatch, found.Response.InvalidReason);
        Assert.Equal(0, chain.Calls);
    }

    /// <summary>An account with code is asked; that the bytes recover to it counts for nothing (EIP-7702 too).</summary>
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, X402Reasons.InvalidSignature)]
    public async Task AccountWithCode_HasTheLastWord(bool says, string? reason)
    {
        var chain = new FakeChain { HasCode = true, SaysValid = says };
        Assert.Equal(reason, (await VerifyAsync(chain)).Response.InvalidReason);
        Assert.Equal(EvmSignature.Length, chain.AskedAbout!.Length);
    }

    [Theory]
    [InlineData("0x01", true, null)]
    [InlineData("0x01", false, X402Reasons.InvalidSignature)]
    public async Task SignatureOfAContract_NeedsOne(string signature, bool hasCode, string? reason)
    {
        var chain = new FakeChain { HasCode = hasCode, SaysValid = true };
        Assert.Equal(reason, (await VerifyAsync(chain, signature)).Response.InvalidReason);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, X402Reasons.FactoryNotAllowed)]
    public async Task SignatureOfErc6492_IsUnwrappedForADeployedAccount(bool hasCode, string? reason)
    {
        var vector = VectorFile.At("erc6492");
        var chain = new FakeChain { HasCode = hasCode, SaysValid = true };
        Assert.Equal(reason, (await VerifyAsync(chain, vector.Text("wrapped"))).Response.InvalidReason);
        Assert.Equal(hasCode ? vector.Text("signature") : null, chain.AskedAbout is null ? null : Hex.Encode(chain.AskedAbout));
    }

    [Fact]
    public async Task SignatureThatOnlyEndsAsOneOfErc6492_IsRefused()
    {
        var found = await VerifyAsync(new FakeChain { HasCode = true, SaysValid = true }, VectorFile.At("erc6492").Text("magicSuffix"));
        Assert.Equal(X402Reasons.InvalidSignature, found.Response.InvalidReason);
    }

    [Fact]
    public async Task Node_IsReadAsAChain()
    {
        using var node = new NodeHandler();
        using var http = new HttpClient(node);
        var client = new EvmRpcClient(http, new Uri("http://node.example"), new EvmRpcOptions(), new FakeTimeProvider());
        var chain = new RpcExactEvmChain(EvmNetwork.BaseSepolia, client);
        var cancellation = TestContext.Current.CancellationToken;
        node.Result = "\"0x\"";
        Assert.False(await chain.HasCodeAsync(TestPayments.Seller, cancellation));
        // The code of an EIP-7702 account is 0xef0100 and an address.
        node.Result = "\"0xef0100\"";
        Assert.True(await chain.HasCodeAsync(TestPayments.Seller, cancellation));
        node.Result = $"\"0x{new string('0', 63)}1\"";
        Assert.True(await chain.IsAuthorizationUsedAsync(TestPayments.Seller, TestPayments.Seller, default, cancellation));
        Assert.Equal((UInt256)1UL, await chain.GetBalanceAsync(TestPayments.Seller, TestPayments.Seller, cancellation));
        Assert.False(await chain.IsValidSignatureAsync(TestPayments.Seller, default, new byte[65], cancellation));
        node.Result = $"\"0x1626ba7e{new string('0', 56)}\"";
        Assert.True(await chain.IsValidSignatureAsync(TestPayments.Seller, default, new byte[65], cancellation));
        node.Result = "\"0x\"";
        await Assert.ThrowsAsync<InvalidDataException>(() => chain.GetBalanceAsync(TestPayments.Seller, TestPayments.Seller, cancellation));
        node.Result = null;
        Assert.False(await chain.IsValidSignatureAsync(TestPayments.Seller, default, new byte[65], cancellation));
        await Assert.ThrowsAsync<EvmRpcException>(() => chain.GetBalanceAsync(TestPayments.Seller, TestPayments.Seller, cancellation));
    }

    private static Task<ExactEvmVerification> VerifyAsync(FakeChain chain, string? signature = null)
    {
        var payload = TestPayments.Sign(2).Payload;
        if (signature is not null)
            payload = TestPayments.Edit(payload, node => node["signature"] = signature);
        return ExactEvmVerifier.VerifyAsync(payload, TestPayments.Requirements(2), TestPayments.Now, chain, TestContext.Current.CancellationToken);
    }

    private sealed class FakeChain : IExactEvmChain
    {
        public EvmNetwork Network { get; init; } = EvmNetwork.BaseSepolia;

        public bool HasCode { get; init; }

        public bool SaysValid { get; init; }

        public bool IsUsed { get; init; }

        public ulong Balance { get; init; } = 100_000;

        public int Calls { get; private set; }

        public byte[]? AskedAbout { get; private set; }

        public Task<bool> HasCodeAsync(EvmAddress account, CancellationToken cancellationToken) => Answer(HasCode);

        public Task<bool> IsValidSignatureAsync(EvmAddress account, Bytes32 hash, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken)
        {
            AskedAbout = signature.ToArray();
            return Answer(SaysValid);
        }

        public Task<bool> IsAuthorizationUsedAsync(EvmAddress asset, EvmAddress authorizer, Bytes32 nonce, CancellationToken cancellationToken) => Answer(IsUsed);

        public Task<UInt256> GetBalanceAsync(EvmAddress asset, EvmAddress owner, CancellationToken cancellationToken) => Answer((UInt256)Balance);

        private Task<T> Answer<T>(T value)
        {
            Calls++;
            return Task.FromResult(value);
        }
    }

    private sealed class NodeHandler : HttpMessageHandler
    {
        /// <summary>Null: the node says that the call reverted.</summary>
        public string? Result { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var document = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            var id = document.RootElement.GetProperty("id").GetRawText();
            var answer = Result is null ? "\"error\":{\"code\":3,\"message\":\"execution reverted\"}" : $"\"result\":{Result}";
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($$"""{"jsonrpc":"2.0","id":{{id}},{{answer}} }""", null, "application/json") };
        }
    }
}
