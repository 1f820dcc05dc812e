using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.ServiceDefaults.Secrets;
using AgentMesh.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.ActorHost.Tests.Wallets;

/// <summary>A new master key: wallets are encrypted anew without a restart and without a loss, and a key that is missed is named.</summary>
public sealed class WalletRotationTests
{
    private const string Alice = WalletHost.Alice;

    private static readonly string Old = WalletHost.Key(1);
    private static readonly string New = WalletHost.Key(2);
    private static readonly string Both = $"{New},{Old}";

    [Fact]
    public async Task Flush_EncryptsAnew_AndTheAddressStays()
    {
        await using var host = await StartAsync();
        var address = await PostAsync(host);
        WalletHost.SetKeys(host.State, Both);
        host.Host.Time.Advance(WalletKeysCheck.RefreshInterval);
        await host.UntilAsync(() => CurrentOf(host) == IdOf(New));
        await host.Host.InfoAsync(Alice);
        await host.Host.RemindAsync(Alice, "flush");
        await host.UntilSettledAsync();
        AssertOpens(host, New, address);
        Assert.Equal(address, (await host.Host.InfoAsync(Alice)).Value!.WalletAddress);
    }

    /// <summary>An agent that is only written to has no flush; it is encrypted anew when it leaves memory.</summary>
    [Fact]
    public async Task Deactivation_EncryptsAnew()
    {
        await using var host = await StartAsync();
        var address = await PostAsync(host);
        WalletHost.SetKeys(host.State, Both);
        host.Host.Time.Advance(WalletKeysCheck.RefreshInterval);
        await host.UntilAsync(() => CurrentOf(host) == IdOf(New));
        await host.Host.DeactivateAsync(Alice);
        AssertOpens(host, New, address);
    }

    /// <summary>The process has the old key only, until it is asked for the new one.</summary>
    [Fact]
    public async Task SealWallet_ReadsTheKeysAgain_WhenTheKeyIsNotInMemory()
    {
        await using var host = await StartAsync();
        var address = await PostAsync(host);
        WalletHost.SetKeys(host.State, Both);
        // The first reading was too short a time ago.
        Assert.Equal(IdOf(Old), (await SealAsync(host, IdOf(New))).Value!.KeyId);
        host.Host.Time.Advance(MasterKeyRing.MissInterval);
        Assert.Equal(new SealedWallet(address, IdOf(New)), (await SealAsync(host, IdOf(New))).Value);
        AssertOpens(host, New, address);
        // A key that there is not is asked for once in an interval.
        var stored = host.State[Alice, "wallet"];
        host.State.Secrets.Clear();
        Assert.Equal(IdOf(New), (await SealAsync(host, "0000000000000000")).Value!.KeyId);
        Assert.Equal(stored, host.State[Alice, "wallet"]);
    }

    [Fact]
    public async Task KeyTakenOutTooEarly_IsNamed_AndTheWalletStays()
    {
        await using var host = await StartAsync();
        var address = await PostAsync(host);
        var stored = host.State[Alice, "wallet"]!;
        await using var later = await StartAsync(New);
        foreach (var key in host.State.KeysOf(Alice))
            later.State[Alice, key] = host.State[Alice, key];
        var refused = (await SealAsync(later, IdOf(New))).Refusal!;
        Assert.Equal(AgentRefusals.WalletKeyMissing, refused.Code);
        Assert.Contains(IdOf(Old), refused.Detail, StringComparison.Ordinal);
        // Messages go on, with the same address.
        Assert.Contains(address[..10], (await later.Host.PostAsync(Alice, "hello", "r2")).Value!.Response, StringComparison.Ordinal);
        await later.Host.RemindAsync(Alice, "flush");
        Assert.Equal(stored, later.State[Alice, "wallet"]);

        WalletHost.SetKeys(later.State, Both);
        later.Host.Time.Advance(MasterKeyRing.MissInterval);
        Assert.Equal(IdOf(New), (await SealAsync(later, IdOf(New))).Value!.KeyId);
        AssertOpens(later, New, address);
    }

    /// <summary>The old record or the new one: both open.</summary>
    [Theory]
    [InlineData(FailedPut.BeforeStoring, false)]
    [InlineData(FailedPut.AfterStoring, true)]
    public async Task WriteThatFails_LeavesAKeyThatOpens(FailedPut failure, bool isNew)
    {
        await using var host = await StartAsync();
        var address = await PostAsync(host);
        WalletHost.SetKeys(host.State, Both);
        host.Host.Time.Advance(MasterKeyRing.MissInterval);
        host.State.FailNextPut = failure;
        using (var failed = await host.Host.SendAsync(Alice, nameof(IAgentWallets.SealWallet), Content(IdOf(New))))
            Assert.False(failed.IsSuccessStatusCode);
        AssertOpens(host, isNew ? New : Old, address);
        Assert.Equal(IdOf(New), (await SealAsync(host, IdOf(New))).Value!.KeyId);
        AssertOpens(host, New, address);
    }

    [Fact]
    public async Task RecordOfAnotherAgent_IsDamaged_AndStaysAsItIs()
    {
        await using var host = await StartAsync();
        await PostAsync(host);
        await host.Host.PostAsync("default:bob", "hello", "r1");
        await host.UntilSettledAsync("default:bob");
        var moved = host.State["default:bob", "wallet"] = host.State[Alice, "wallet"];
        WalletHost.SetKeys(host.State, Both);
        host.Host.Time.Advance(MasterKeyRing.MissInterval);
        Assert.Equal(AgentRefusals.WalletDamaged, (await SealAsync(host, IdOf(New), "default:bob")).Refusal!.Code);
        Assert.Equal(moved, host.State["default:bob", "wallet"]);
    }

    [Fact]
    public async Task AgentWithoutAWallet_HasNoneAfterwards()
    {
        await using var host = await StartAsync();
        Assert.Equal(AgentRefusals.WalletNotFound, (await SealAsync(host, IdOf(Old))).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task TenantsList_HandsOutWhatIsLeft_PageByPage()
    {
        await using var host = await StartAsync();
        string[] users = [.. Enumerable.Range(0, 12).Select(n => $"user{n}")];
        foreach (var user in users)
            await host.Host.PostAsync($"default:{user}", "hello", "r1");
        foreach (var user in users)
            await host.UntilSettledAsync($"default:{user}");
        Assert.Equal((IdOf(Old), 0, 0), await CountAsync(host));

        WalletHost.SetKeys(host.State, Both);
        host.Host.Time.Advance(MasterKeyRing.MissInterval);
        Assert.Equal((IdOf(New), 0, 12), await CountAsync(host));
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await TakeAsync(host, cursor, 5)).Value!;
            Assert.InRange(page.Users.Count, 0, 5);
            found.AddRange(page.Users);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(users.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));

        await NoteAsync(host, [.. found.Take(10).Select(user => new NotedWallet(user, IdOf(New))), new NotedWallet(found[10], null)]);
        Assert.Equal((IdOf(New), 0, 1), await CountAsync(host));
        Assert.Equal(AgentRefusals.InvalidCursor, (await TakeAsync(host, "nowhere", 5)).Refusal!.Code);
        host.State.Secrets.Clear();
        host.State.SecretsAreAway = true;
        host.Host.Time.Advance(MasterKeyRing.MissInterval);
        Assert.Equal(AgentRefusals.WalletUnavailable, (await TakeAsync(host, null, 5)).Refusal!.Code);
    }

    /// <summary>Taken out by mistake, the keys in memory still open everything.</summary>
    [Fact]
    public async Task SecretThatIsGone_EndsNothing()
    {
        await using var host = await StartAsync();
        await PostAsync(host);
        host.State.Secrets.Clear();
        host.Host.Time.Advance(WalletKeysCheck.RefreshInterval);
        Assert.NotNull((await host.Host.PostAsync("default:bob", "hello", "r1")).Value);
        Assert.Equal(IdOf(Old), host.Wallet("keyId", "default:bob"));
    }

    private static Task<WalletHost> StartAsync(string? keys = null) => WalletHost.StartAsync(keys ?? Old, ("AgentMesh:Wallets:StartingUsdc", "0"));

    private static async Task<string> PostAsync(WalletHost host)
    {
        await host.Host.PostAsync(Alice, "hello", "r1");
        await host.UntilSettledAsync();
        return host.Wallet("address")!;
    }

    private static string? CurrentOf(WalletHost host) => host.Host.Services.GetRequiredService<AgentWallets>().CurrentKeyId;

    private static string IdOf(string key) => MasterKeys.TryParse(key, out var keys) ? keys.CurrentId : throw new ArgumentException("No key.", nameof(key));

    private static void AssertOpens(WalletHost host, string key, string address)
    {
        Assert.True(MasterKeys.TryParse(key, out var masters));
        var record = JsonElement.Parse(host.State[Alice, "wallet"]!).Deserialize<WalletRecord>(JsonSerializerOptions.Web)!;
        using var opened = SealedKey.Open(record.SealedKey!, Alice, address, record.KeyId!, masters);
        Assert.Equal(address, opened?.Address.ToString());
    }

    private static JsonContent Content(string keyId) => JsonContent.Create(new SealWallet(keyId), ContractsJson.Default.SealWallet);

    private static Task<Reply<SealedWallet>> SealAsync(WalletHost host, string keyId, string agent = Alice) =>
        host.Host.CallAsync(agent, nameof(IAgentWallets.SealWallet), Content(keyId), ContractsJson.Default.ReplySealedWallet);

    private static Task<Reply<WalletsToSeal>> TakeAsync(WalletHost host, string? after, int most) => host.Host.CallTenantAsync(
        "default", nameof(ITenantWallets.TakeWallets), JsonContent.Create(new TakeWallets(after, most), ContractsJson.Default.TakeWallets), ContractsJson.Default.ReplyWalletsToSeal);

    private static Task<Reply<WalletsNoted>> NoteAsync(WalletHost host, IReadOnlyList<NotedWallet> wallets) => host.Host.CallTenantAsync(
        "default", nameof(ITenantWallets.NoteWallets), JsonContent.Create(new NoteWallets(wallets), ContractsJson.Default.NoteWallets), ContractsJson.Default.ReplyWalletsNoted);

    private static async Task<(string?, int, int)> CountAsync(WalletHost host) =>
        (await TakeAsync(host, null, 0)).Value is { } page ? (page.KeyId, page.Users.Count, page.Left) : default;
}
