using System.Collections.Concurrent;
using System.Text.Json;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Evm;
using AgentMesh.ServiceDefaults.Secrets;
using AgentMesh.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Wallets;

/// <summary>Each agent's wallet: made once, with its first write, and kept for ever.</summary>
public sealed class AgentWalletsTests
{
    private const string Alice = "default:alice";

    private static readonly string Keys = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(n => (byte)n)]);

    [Fact]
    public async Task Wallet_IsMadeWithTheFirstMessage_InItsTransaction_AndStays()
    {
        await using var host = await StartAsync();
        Assert.Null((await host.InfoAsync(Alice)).Value!.WalletAddress);
        host.State.TakeCalls();
        var first = (await host.PostAsync(Alice, "hello", "r1")).Value!;
        Assert.Equal("GET wallet", host.State.TakeCalls().First(call => call.EndsWith(" wallet", StringComparison.Ordinal)));
        Assert.Contains("wallet", host.State.KeysOf(Alice));
        var address = (await host.InfoAsync(Alice)).Value!.WalletAddress!;
        Assert.True(EvmAddress.TryParseChecked(address, out _));
        Assert.Equal($"This is our first message. You said: \"hello\". My wallet is {address[..10]}...", first.Response);

        // From now on it costs nothing: the head knows it, and its tenant's list.
        await HostUnderTest.UntilAsync(() => Task.FromResult(
            JsonElement.Parse(host.State[Alice, "wallet"]!).GetProperty("listedKeyId").ValueKind == JsonValueKind.String && host.State.RemindersOf(Alice).Count == 0));
        host.State.TakeCalls();
        await host.PostAsync(Alice, "hello", "r2");
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.Contains("wallet", StringComparison.Ordinal));
        var stored = host.State[Alice, "wallet"];
        await host.DeactivateAsync(Alice);
        await host.PostAsync(Alice, "hello", "r3");
        Assert.Equal((address, stored), ((await host.InfoAsync(Alice)).Value!.WalletAddress, host.State[Alice, "wallet"]));
    }

    [Fact]
    public async Task MessagesAtOnce_MakeOne_AndAgentsHaveTheirOwn()
    {
        await using var host = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => host.PostAsync(Alice, "hello", $"r{n}")));
        var replies = (await host.HistoryAsync(Alice)).Value!.Messages.Where(message => message.Role == "assistant").Select(message => message.Content[^17..]);
        Assert.Single(replies.Distinct());
        await host.PostAsync("default:bob", "hello", "r1");
        Assert.NotEqual((await host.InfoAsync(Alice)).Value!.WalletAddress, (await host.InfoAsync("default:bob")).Value!.WalletAddress);
    }

    /// <summary>Whatever writes first: a session, a schedule, a profile.</summary>
    [Theory]
    [InlineData("session")]
    [InlineData("schedule")]
    [InlineData("profile")]
    public async Task FirstWrite_OfAnyKind_MakesIt(string write)
    {
        await using var host = await StartAsync();
        if (write == "session")
            await host.CreateSessionAsync(Alice, "c1");
        else if (write == "schedule")
            await host.CreateScheduleAsync(Alice, new("tick", null, null, 60, null, null, null, null, "s1", null));
        else
            await host.SetProfileAsync(Alice, "Be brief.");
        Assert.NotNull((await host.InfoAsync(Alice)).Value!.WalletAddress);
        Assert.Contains("wallet", host.State.KeysOf(Alice));
    }

    /// <summary>The reminder is there before the commit that makes the wallet; of a write that is refused none may be left, or anybody's nonsense would make one.</summary>
    [Theory]
    [InlineData("schedule")]
    [InlineData("policy")]
    public async Task RefusedFirstWrite_LeavesNothing(string write)
    {
        await using var host = await StartAsync();
        if (write == "schedule")
            Assert.NotNull((await host.CreateScheduleAsync(Alice, new("tick", null, null, 0, null, null, null, null, "s1", null))).Refusal);
        else
            Assert.NotNull((await host.CallAsync(
                Alice, nameof(IAgentPolicies.SetPolicy), System.Net.Http.Json.JsonContent.Create(new SetPolicy("{}"), Contracts.ContractsJson.Default.SetPolicy), Contracts.ContractsJson.Default.ReplyAgentPolicy)).Refusal);
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Empty(host.State.RemindersOf(Alice));

        // It is set again for a write that is taken.
        host.State.FailNextPut = FailedPut.BeforeStoring;
        using var failed = await host.SendAsync(Alice, nameof(IAgentActor.PostMessage), System.Net.Http.Json.JsonContent.Create(new PostMessage("hello", null, "r1", null), Contracts.ContractsJson.Default.PostMessage));
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
    }

    /// <summary>Redis applies a transaction without rollback: of half of one the wallet is taken, and not replaced.</summary>
    [Theory]
    [InlineData(FailedPut.BeforeStoring)]
    [InlineData(FailedPut.AfterStoring)]
    public async Task FailedFirstWrite_LeavesOneWallet(FailedPut failure)
    {
        await using var host = await StartAsync();
        host.State.FailNextPut = failure;
        using (var failed = await host.SendAsync(Alice, nameof(IAgentActor.PostMessage), System.Net.Http.Json.JsonContent.Create(
            new PostMessage("hello", null, "r1", null), Contracts.ContractsJson.Default.PostMessage)))
        {
            Assert.False(failed.IsSuccessStatusCode);
        }

        var left = host.State[Alice, "wallet"];
        host.State[Alice, "head"] = null;
        await host.DeactivateAsync(Alice);
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(failure == FailedPut.AfterStoring, left is not null);
        if (left is not null)
            Assert.Equal(left, host.State[Alice, "wallet"]);
        Assert.Equal(AddressOf(host.State[Alice, "wallet"]!), (await host.InfoAsync(Alice)).Value!.WalletAddress);
    }

    [Fact]
    public async Task AgentFromBeforeWallets_GetsOneWithItsNextMessage()
    {
        await using var old = await StartAsync(("AgentMesh:Wallets:Provider", "none"));
        Assert.Equal("This is our first message. You said: \"hello\".", (await old.PostAsync(Alice, "hello", "r1")).Value!.Response);
        Assert.DoesNotContain("wallet", old.State.KeysOf(Alice));
        await using var host = await StartAsync();
        foreach (var key in old.State.KeysOf(Alice))
            host.State[Alice, key] = old.State[Alice, key];
        Assert.Null((await host.InfoAsync(Alice)).Value!.WalletAddress);
        Assert.Contains("My wallet is 0x", (await host.PostAsync(Alice, "hello", "r2")).Value!.Response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErasedAgent_HasAnotherWalletAfterwards()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var address = (await host.InfoAsync(Alice)).Value!.WalletAddress;
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        Assert.Empty(host.State.KeysOf(Alice));
        await host.PostAsync(Alice, "hello", "r2");
        Assert.NotEqual(address, (await host.InfoAsync(Alice)).Value!.WalletAddress);
    }

    [Fact]
    public async Task StoreThatIsAway_StoresNothing_AndTheRetryGetsAWallet()
    {
        await using var host = await StartAsync(secret: null, isAway: true);
        var refused = await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(AgentRefusals.WalletUnavailable, refused.Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
        host.State.Secrets["secretstore/wallet-keys"] = SecretOf(Keys);
        Assert.Contains("My wallet is 0x", (await host.PostAsync(Alice, "hello", "r1")).Value!.Response, StringComparison.Ordinal);
    }

    /// <summary>In everything that is stored and logged: the key in hex, in either case, and in base64.</summary>
    [Fact]
    public async Task Key_IsNowhereInClear()
    {
        var log = new ConcurrentQueue<string>();
        await using var host = await StartAsync(agents => agents.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LogRecorder(log))), SecretOf(Keys));
        await host.PostAsync(Alice, "hello", "r1");
        var record = JsonElement.Parse(host.State[Alice, "wallet"]!);
        Assert.True(MasterKeys.TryParse(Keys, out var masters));
        using var key = SealedKey.Open(
            record.GetProperty("sealedKey").GetString()!, Alice, record.GetProperty("address").GetString()!, record.GetProperty("keyId").GetString()!, masters);
        var bytes = new byte[32];
        key!.ExportTo(bytes);
        string[] forms = [Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes), Convert.ToBase64String(bytes), Keys, Convert.ToHexStringLower(Convert.FromBase64String(Keys))];
        var texts = host.State.KeysOf(Alice).Select(name => host.State[Alice, name]!)
            .Concat(log).Append(JsonSerializer.Serialize((await host.InfoAsync(Alice)).Value)).Append((await host.HistoryAsync(Alice)).Value!.Messages[1].Content).ToArray();
        Assert.NotEmpty(log);
        Assert.All(forms, form => Assert.DoesNotContain(texts, text => text.Contains(form, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"wallet-keys":"no key"}""")]
    [InlineData("""{"wallet-keys":""}""")]
    public async Task WithoutAMasterKey_TheAppEnds(string? secret)
    {
        await using var host = await StartAsync(secret: null, isAway: true);
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        if (secret is not null)
            host.State.Secrets["secretstore/wallet-keys"] = secret;
        host.State.SecretsAreAway = false;
        await HostUnderTest.UntilAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested);
        });
        Assert.Equal(78, Environment.ExitCode);
        Environment.ExitCode = 0;
    }

    [Theory]
    [InlineData("local", "secretstore/wallet-keys", null)]
    [InlineData("local", "vault/wallets/keys", null)]
    [InlineData("none", null, null)]
    [InlineData("local", "secretstore", "AgentMesh__Wallets__KeysSecret is STORE/NAME or STORE/NAME/KEY.")]
    [InlineData("local", null, "AgentMesh__Wallets__KeysSecret is missing: ")]
    [InlineData("crossmint", null, "AgentMesh__Wallets__Crossmint__ApiKeySecret is STORE/NAME or STORE/NAME/KEY of a Dapr secret store that has the API key.")]
    [InlineData("Local", "secretstore/wallet-keys", "AgentMesh__Wallets__Provider is local, crossmint or none.")]
    public async Task SettingThatCannotWork_IsAFailedStart(string provider, string? secret, string? reason)
    {
        var whyNot = new WalletOptions { Provider = provider, KeysSecret = secret }.WhyNot;
        if (reason is null)
        {
            Assert.Null(whyNot);
            return;
        }

        Assert.StartsWith(reason, whyNot, StringComparison.Ordinal);
        // In Development the place of the key has a default.
        if (secret is not null || provider != "local")
            await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(("AgentMesh:Wallets:Provider", provider), ("AgentMesh:Wallets:KeysSecret", secret ?? "secretstore/wallet-keys")));
    }

    private static string AddressOf(string record) => JsonElement.Parse(record).GetProperty("address").GetString()!;

    private static string SecretOf(string keys) => JsonSerializer.Serialize(new Dictionary<string, string> { ["wallet-keys"] = keys });

    private static Task<HostUnderTest> StartAsync(params (string, string)[] settings) => StartAsync(_ => { }, SecretOf(Keys), settings: settings);

    private static Task<HostUnderTest> StartAsync(string? secret, bool isAway) => StartAsync(_ => { }, secret, isAway);

    private static async Task<HostUnderTest> StartAsync(Action<AgentHostBuilder> configure, string? secret, bool isAway = false, params (string, string)[] settings)
    {
        var state = await FakeActorState.StartAsync();
        state.SecretsAreAway = isAway;
        if (secret is not null)
            state.Secrets["secretstore/wallet-keys"] = secret;
        return HostUnderTest.Start(
            state, new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), configure, [("AgentMesh:Wallets:Provider", "local"), .. settings]);
    }
}
