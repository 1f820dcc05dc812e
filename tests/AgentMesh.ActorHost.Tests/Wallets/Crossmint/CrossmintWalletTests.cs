using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.ActorHost.Wallets.Crossmint;
using AgentMesh.Contracts.Agents;
using AgentMesh.Evm;
using AgentMesh.Testing;
using AgentMesh.X402.Exact.Evm;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;
using AgentMesh.X402.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Wallets.Crossmint;

/// <summary>Wallets at Crossmint, against a server that speaks its API: one for each agent whatever goes wrong, and signatures for payments.</summary>
public sealed class CrossmintWalletTests
{
    private const string Alice = WalletHost.Alice;

    [Fact]
    public async Task Wallet_IsAskedForAfterTheMessage_AndKnownThen()
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await StartAsync(crossmint);
        var reply = (await host.PostAsync(Alice, "hello", "r1")).Value!;
        Assert.Equal("This is our first message. You said: \"hello\".", reply.Response);
        await UntilAsync(host, async () => (await host.InfoAsync(Alice)).Value!.WalletAddress is not null && !host.State.RemindersOf(Alice).Contains("flush"));
        var address = Assert.Single(crossmint.Wallets).Value;
        Assert.Equal(address, (await host.InfoAsync(Alice)).Value!.WalletAddress);
        // What it is asked with stands in the record, and says nothing of alice.
        var record = JsonElement.Parse(host.State[Alice, "wallet"]!);
        var key = record.GetProperty("requestKey").GetString()!;
        Assert.Matches("^agentmesh-[0-9a-f]{32}$", key);
        Assert.Equal([$"POST /api/2025-06-09/wallets {key}"], crossmint.Calls);
        Assert.Equal($"userId:{key}", crossmint.Wallets.Single().Key);
        Assert.Contains($"My wallet is {address[..10]}", (await host.PostAsync(Alice, "hello", "r2")).Value!.Response, StringComparison.Ordinal);
        await host.DeactivateAsync(Alice);
        await host.PostAsync(Alice, "hello", "r3");
        await host.RemindAsync(Alice, "flush");
        Assert.Single(crossmint.Calls);
    }

    /// <summary>Twice in a row too. The message is answered whatever happens.</summary>
    [Theory]
    [InlineData(CrossmintFault.Error)]
    [InlineData(CrossmintFault.DoneAndError)]
    [InlineData(CrossmintFault.Busy)]
    [InlineData(CrossmintFault.DoneAndCut)]
    [InlineData(CrossmintFault.DoneAndSilent)]
    [InlineData(CrossmintFault.DoneAndGarbled)]
    public async Task Fault_LeavesOneWallet(CrossmintFault fault)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        crossmint.Faults.Enqueue(fault);
        crossmint.Faults.Enqueue(fault);
        await using var host = await StartAsync(crossmint);
        Assert.Null((await host.PostAsync(Alice, "hello", "r1")).Refusal);
        await UntilAsync(host, async () => (await host.InfoAsync(Alice)).Value!.WalletAddress is not null);
        Assert.Single(crossmint.Wallets);
        Assert.Equal(3, crossmint.Calls.Count);
        Assert.Single(crossmint.Calls.Distinct());
    }

    /// <summary>After four tries the process gives up, and the flush asks again: with the same key, so for the same wallet.</summary>
    [Theory]
    [InlineData(CrossmintFault.Error)]
    [InlineData(CrossmintFault.DoneAndCut)]
    public async Task CrossmintThatIsAway_IsAskedAgainByTheFlush_AndByTheNextMessage(CrossmintFault fault)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        for (var n = 0; n < 8; n++)
            crossmint.Faults.Enqueue(fault);
        await using var host = await StartAsync(crossmint);
        await host.PostAsync(Alice, "hello", "r1");
        await UntilAsync(host, () => Task.FromResult(crossmint.Calls.Count == 4));
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        await UntilAsync(host, async () =>
        {
            await host.PostAsync(Alice, "hello", $"r{crossmint.Calls.Count}-{host.Time.GetTimestamp()}");
            return crossmint.Calls.Count >= 8;
        });
        await UntilAsync(host, async () =>
        {
            await host.RemindAsync(Alice, "flush");
            return (await host.InfoAsync(Alice)).Value!.WalletAddress is not null;
        });
        Assert.Single(crossmint.Wallets);
        Assert.Single(crossmint.Calls.Distinct());
    }

    /// <summary>The process dies when the wallet is made and nobody was told.</summary>
    [Fact]
    public async Task ProcessThatDies_IsFollowedByOneThatFindsTheWallet()
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var dead = await StartAsync(crossmint);
        dead.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith("/NoteWallet", StringComparison.Ordinal));
        await dead.PostAsync(Alice, "hello", "r1");
        await UntilAsync(dead, () => Task.FromResult(crossmint.Wallets.Count == 1));
        await using var host = await StartAsync(crossmint);
        foreach (var key in dead.State.KeysOf(Alice))
            host.State[Alice, key] = dead.State[Alice, key];
        await host.RemindAsync(Alice, "flush");
        await UntilAsync(host, async () => (await host.InfoAsync(Alice)).Value!.WalletAddress is not null);
        Assert.Equal(Assert.Single(crossmint.Wallets).Value, (await host.InfoAsync(Alice)).Value!.WalletAddress);
    }

    [Fact]
    public async Task KeyThatIsRefused_IsReadAgain()
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        crossmint.Accepts = "sk_staging_other";
        await using var host = await StartAsync(crossmint);
        await host.PostAsync(Alice, "hello", "r1");
        await UntilAsync(host, () => Task.FromResult(crossmint.Calls.Count == 1));
        host.State.Secrets["secretstore/crossmint"] = """{"crossmint":"sk_staging_other"}""";
        await UntilAsync(host, async () =>
        {
            await host.RemindAsync(Alice, "flush");
            return (await host.InfoAsync(Alice)).Value!.WalletAddress is not null;
        });
    }

    /// <summary>The shape that Crossmint's reference has, and a payment in both versions of x402.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Payment_IsSignedAsTypedData(int x402Version)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await StartAsync(crossmint);
        var (wallet, address) = await WalletAsync(host, crossmint);
        var payment = await DriveAsync(host, wallet.PayAsync(Terms(x402Version), new Uri("https://shop.example/"), TestContext.Current.CancellationToken).AsTask());
        var signed = payment.Value!.Payment;
        Assert.Equal((address, FakeCrossmint.Signature, SignatureKind.Contract), (signed.Authorization.From.ToString(), Hex.Encode(signed.Signature.Span), signed.SignatureKind));
        var (key, (_, asked)) = Assert.Single(crossmint.Signatures);
        Assert.Equal(signed.Authorization.Nonce.ToString(), key);
        Assert.Equal(("base-sepolia", true), (asked.GetProperty("chain").GetString(), asked.GetProperty("isSmartWalletSignature").GetBoolean()));
        var data = asked.GetProperty("typedData");
        Assert.Equal(
            """{"name":"USDC","version":"2","chainId":84532,"verifyingContract":"0x036CbD53842c5426634e7929541eC2318f3dCF7e"}""", data.GetProperty("domain").GetRawText());
        Assert.Equal("TransferWithAuthorization", data.GetProperty("primaryType").GetString());
        Assert.Equal(
            ["from address", "to address", "value uint256", "validAfter uint256", "validBefore uint256", "nonce bytes32"],
            data.GetProperty("types").GetProperty("TransferWithAuthorization").EnumerateArray().Select(member => $"{member.GetProperty("name").GetString()} {member.GetProperty("type").GetString()}"));
        Assert.Equal("100000", data.GetProperty("message").GetProperty("value").GetString());
        // It goes into the header and comes back as it was.
        Assert.Equal(payment.Value.Id, SignedPayment.Restore(payment.Value.HeaderName, payment.Value.HeaderValue, signed.Asset).Value!.Id);
    }

    /// <summary>A lost answer is asked for again: one signature.</summary>
    [Theory]
    [InlineData(CrossmintFault.Error)]
    [InlineData(CrossmintFault.DoneAndCut)]
    [InlineData(CrossmintFault.Busy)]
    [InlineData(CrossmintFault.DoneAndSilent)]
    public async Task FaultWhileSigning_LeavesOneSignature(CrossmintFault fault)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await StartAsync(crossmint);
        var (wallet, _) = await WalletAsync(host, crossmint);
        crossmint.Faults.Enqueue(fault);
        var payment = await DriveAsync(host, wallet.PayAsync(Terms(2), new Uri("https://shop.example/"), TestContext.Current.CancellationToken).AsTask());
        Assert.NotNull(payment.Value);
        Assert.Single(crossmint.Signatures);
    }

    [Theory]
    [InlineData("failed", "Crossmint did not sign.")]
    [InlineData("awaiting-approval", "Crossmint waits for somebody to approve the signature: the wallet's signer is not the API key.")]
    [InlineData("pending", "Crossmint's signature took too long.")]
    [InlineData("unheard-of", "Crossmint did not sign.")]
    public async Task SignatureThatIsNone_IsARefusal(string status, string reason)
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await StartAsync(crossmint);
        var (wallet, _) = await WalletAsync(host, crossmint);
        crossmint.Status = status;
        var payment = await DriveAsync(host, wallet.PayAsync(Terms(2), new Uri("https://shop.example/"), TestContext.Current.CancellationToken).AsTask());
        Assert.Equal((AgentRefusals.WalletSigningFailed, $"The wallet's provider did not sign. {reason}"), (payment.Refusal!.Code, payment.Refusal.Detail));
    }

    [Fact]
    public async Task PolicySaysNo_BeforeAnybodyIsAsked()
    {
        await using var crossmint = await FakeCrossmint.StartAsync();
        await using var host = await StartAsync(crossmint);
        var (wallet, _) = await WalletAsync(host, crossmint, cap: 99_999);
        Assert.Equal(ClientRefusals.AmountOverCap, (await wallet.PayAsync(Terms(2), new Uri("https://shop.example/"), TestContext.Current.CancellationToken)).Refusal!.Code);
        Assert.Empty(crossmint.Signatures);
    }

    /// <summary>The API key, in everything that is stored and logged.</summary>
    [Fact]
    public async Task ApiKey_IsNowhere()
    {
        var log = new ConcurrentQueue<string>();
        await using var crossmint = await FakeCrossmint.StartAsync();
        crossmint.Faults.Enqueue(CrossmintFault.DoneAndGarbled);
        await using var host = await StartAsync(crossmint, agents => agents.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LogRecorder(log))));
        await host.PostAsync(Alice, "hello", "r1");
        await UntilAsync(host, async () => (await host.InfoAsync(Alice)).Value!.WalletAddress is not null);
        Assert.NotEmpty(log);
        Assert.DoesNotContain(host.State.KeysOf(Alice).Select(name => host.State[Alice, name]!).Concat(log), text => text.Contains(FakeCrossmint.ApiKey, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("secretstore/crossmint", "https://www.crossmint.com/api", true)]
    [InlineData("secretstore/crossmint", "http://127.0.0.1:8000/api", true)]
    [InlineData("secretstore/crossmint", "http://crossmint.example/api", false)]
    [InlineData("secretstore/crossmint", "https://crossmint.example/api?key=1", false)]
    [InlineData("secretstore", "https://www.crossmint.com/api", false)]
    [InlineData(null, "https://www.crossmint.com/api", false)]
    public void Setting_IsChecked(string? secret, string url, bool isFine) => Assert.Equal(
        isFine, new WalletOptions { Provider = "crossmint", Crossmint = new CrossmintOptions { ApiKeySecret = secret, BaseUrl = new Uri(url) } }.WhyNotIn(isDevelopment: false) is null);

    private static async Task<HostUnderTest> StartAsync(FakeCrossmint crossmint, Action<AgentHostBuilder>? configure = null)
    {
        var state = await FakeActorState.StartAsync();
        state.Secrets["secretstore/crossmint"] = $$"""{"crossmint":"{{FakeCrossmint.ApiKey}}"}""";
        return HostUnderTest.Start(
            state, new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), configure ?? (_ => { }),
            ("AgentMesh:Wallets:Provider", "crossmint"),
            ("AgentMesh:Wallets:Crossmint:ApiKeySecret", "secretstore/crossmint"),
            ("AgentMesh:Wallets:Crossmint:BaseUrl", crossmint.Url.ToString()));
    }

    private static async Task<(CrossmintWallet Wallet, string Address)> WalletAsync(HostUnderTest host, FakeCrossmint crossmint, ulong cap = 100_000)
    {
        await host.PostAsync(Alice, "hello", "r1");
        await UntilAsync(host, () => Task.FromResult(crossmint.Wallets.Count == 1));
        var address = crossmint.Wallets.Single().Value;
        var policy = new PaymentPolicy { Caps = [new SpendingCap(KnownAssets.UsdcOnBaseSepolia, (UInt256)cap)] };
        return (new CrossmintWallet(host.Services.GetRequiredService<CrossmintClient>(), EvmAddress.Parse(address), policy, RandomNumberGenerator.Create(), host.Time), address);
    }

    private static PaymentRequired Terms(int x402Version)
    {
        var offer = new PaymentOffer(
            new ResourceInfo("https://shop.example/"),
            [PaymentOption.FromUsd(KnownAssets.UsdcOnBaseSepolia, "0.10", EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"))]);
        return x402Version == 2 ? offer.ToPaymentRequiredV2("payment_required") : offer.ToPaymentRequiredV1("payment_required")!;
    }

    private static async Task<T> DriveAsync<T>(HostUnderTest host, Task<T> task)
    {
        await UntilAsync(host, () => Task.FromResult(task.IsCompleted));
        return await task;
    }

    /// <summary>As <see cref="WalletHost.UntilAsync(Func{bool})"/>: the clock goes on slowly, for calls take real time.</summary>
    private static Task UntilAsync(HostUnderTest host, Func<Task<bool>> isSo)
    {
        var moved = TimeProvider.System.GetTimestamp();
        return HostUnderTest.UntilAsync(() =>
        {
            if (TimeProvider.System.GetElapsedTime(moved) >= TimeSpan.FromMilliseconds(10))
            {
                host.Time.Advance(TimeSpan.FromMilliseconds(200));
                moved = TimeProvider.System.GetTimestamp();
            }

            return isSo();
        });
    }
}
