using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.EndToEnd;

/// <summary>A new master key over the real processes: every wallet is encrypted with it, whatever is killed, and the old one can be taken out.</summary>
public sealed class WalletRotationTests
{
    private const int Users = 12;

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task NewKey_TakesThePlaceOfTheOld_AndEveryAddressStays(StoreKind kind)
    {
        // CliTests change the master key in every run, over the same processes; here some are killed meanwhile.
        LongForm.OrSkip();
        await using var store = await TestStore.CreateAsync(kind);
        var secrets = Path.Combine(store.Data, "secrets.json");
        var addresses = new List<string>();
        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis))
        {
            using var client = new AgentClient(mesh.Ready.Gateway);
            for (var n = 0; n < Users; n++)
            {
                await client.PostAsync($"user{n}", "hello");
                addresses.Add((await client.InfoAsync($"user{n}")).GetProperty("walletAddress").GetString()!);
            }

            // Each is in its tenant's list then.
            for (var n = 0; n < Users; n++)
                await UntilAsync(async () => await mesh.StateAsync($"default:user{n}", "wallet") is var wallet && wallet.GetProperty("listedKeyId").GetString() == wallet.GetProperty("keyId").GetString());
        }

        var old = ReadKeys(secrets);
        var newest = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        WriteKeys(secrets, $"{newest},{old}");
        var said = new List<string>();
        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis))
        {
            using var http = new HttpClient { BaseAddress = mesh.Ready.Gateway };
            Assert.Equal(Users, (await RotateAsync(http, said, "?cursor=255:zzz")).GetProperty("left").GetInt32());
            var cut = RotateAsync(http, said);
            var pid = mesh.Ready.App("agents").Pid;
            Mesh.Kill(pid);
            await Task.WhenAny(cut);
            await mesh.WaitForReadyAsync(ready => ready.Apps.Any(app => app.Id == "agents" && app.Pid != pid), TimeSpan.FromSeconds(60));
            await UntilAsync(async () => (await RotateAsync(http, said)) is var answer && answer.TryGetProperty("left", out var left) && left.GetInt32() == 0);
            for (var n = 0; n < Users; n++)
                AssertOpens(await mesh.StateAsync($"default:user{n}", "wallet"), $"user{n}", addresses[n], newest);
        }

        WriteKeys(secrets, newest);
        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis))
        {
            using var client = new AgentClient(mesh.Ready.Gateway);
            for (var n = 0; n < Users; n++)
                Assert.Equal(addresses[n], (await client.InfoAsync($"user{n}")).GetProperty("walletAddress").GetString());
            Assert.EndsWith($" My wallet is {addresses[0][..10]}...", (await client.PostAsync("user0", "hello again")).Response, StringComparison.Ordinal);
            said.Add(mesh.Output);
        }

        // Another key, without the one that is needed: it is named, and nothing is lost.
        WriteKeys(secrets, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis))
        {
            using var http = new HttpClient { BaseAddress = mesh.Ready.Gateway };
            var answer = await RotateAsync(http, said);
            Assert.Equal(Users, answer.GetProperty("left").GetInt32());
            var missed = (await mesh.StateAsync("default:user0", "wallet")).GetProperty("keyId").GetString()!;
            Assert.All(answer.GetProperty("failed").EnumerateArray(), failed =>
            {
                Assert.Equal("wallet_key_missing", failed.GetProperty("code").GetString());
                Assert.Contains(missed, failed.GetProperty("detail").GetString(), StringComparison.Ordinal);
            });
            AssertOpens(await mesh.StateAsync("default:user0", "wallet"), "user0", addresses[0], newest);
        }

        // No key was said to anybody.
        Assert.All(said, text => Assert.All(new[] { old, newest }, key => Assert.DoesNotContain(key, text, StringComparison.Ordinal)));
    }

    private static async Task<JsonElement> RotateAsync(HttpClient http, List<string> said, string query = "")
    {
        using var answer = await http.PostAsync(new Uri("/admin/wallets/rotate" + query, UriKind.Relative), null, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        said.Add(text);
        return JsonElement.Parse(text);
    }

    private static void AssertOpens(JsonElement record, string user, string address, string masterKey)
    {
        var sealedKey = Convert.FromBase64String(record.GetProperty("sealedKey").GetString()!);
        using var aes = new AesGcm(Convert.FromBase64String(masterKey), 16);
        // It throws when the key is another's, or was changed.
        aes.Decrypt(
            sealedKey.AsSpan(0, 12), sealedKey.AsSpan(12, 32), sealedKey.AsSpan(44), new byte[32],
            Encoding.UTF8.GetBytes($"agentmesh wallet key 1\ndefault:{user}\n{address}\n{record.GetProperty("keyId").GetString()}"));
    }

    private static string ReadKeys(string file) => JsonNode.Parse(File.ReadAllText(file))!["wallet-keys"]!.GetValue<string>();

    private static void WriteKeys(string file, string keys)
    {
        var secrets = JsonNode.Parse(File.ReadAllText(file))!;
        secrets["wallet-keys"] = keys;
        File.WriteAllText(file, secrets.ToJsonString());
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await isSo())
            await Task.Delay(100, limit.Token);
    }
}
