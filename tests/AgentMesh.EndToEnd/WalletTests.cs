using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Wallets over the real processes: made once, there after a crash, and their keys nowhere in clear.</summary>
public sealed class WalletTests
{
    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Wallet_StaysAfterKills_AndItsKeyIsNowhereInClear(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        await using var store = await TestStore.CreateAsync(kind);
        var secrets = Path.Combine(store.Data, "secrets.json");
        string address;
        byte[][] forms;
        await using (var mesh = await Mesh.StartAsync(store.Data, store.Redis))
        {
            using var client = new AgentClient(mesh.Ready.Gateway);
            var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => client.PostAsync("alice", $"message {n}")));
            address = (await client.InfoAsync("alice")).GetProperty("walletAddress").GetString()!;
            Assert.All(replies, reply => Assert.EndsWith($" My wallet is {address[..10]}...", reply.Response, StringComparison.Ordinal));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secrets));
            await mesh.ReplaceAsync(mesh.Ready.App("agents"));
            Assert.Equal(address, (await client.InfoAsync("alice")).GetProperty("walletAddress").GetString());
            forms = await AssertSecretAsync(mesh, secrets, address);
        }

        // The store's own files, which its process has closed by now.
        var files = Directory.GetFiles(store.Data, "*", SearchOption.AllDirectories).Where(file => file != secrets).ToArray();
        Assert.NotEmpty(files);
        Assert.All(files, file => AssertNone(File.ReadAllBytes(file), forms));

        await using var later = await Mesh.StartAsync(store.Data, store.Redis);
        using var again = new AgentClient(later.Ready.Gateway);
        Assert.Equal(address, (await again.InfoAsync("alice")).GetProperty("walletAddress").GetString());
    }

    /// <summary>Opens the stored key as the app does, and looks for it in the agent's records, in every answer and in all logs.</summary>
    /// <returns>What to look for: the key and its master key, in every form they may have.</returns>
    private static async Task<byte[][]> AssertSecretAsync(Mesh mesh, string secrets, string address)
    {
        using var client = new AgentClient(mesh.Ready.Gateway);
        // Else the events are a stream without an end.
        client.Http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        var record = await mesh.StateAsync("default:alice", "wallet");
        var master = Convert.FromBase64String(JsonElement.Parse(await File.ReadAllTextAsync(secrets, TestContext.Current.CancellationToken)).GetProperty("wallet-keys").GetString()!);
        var sealedKey = Convert.FromBase64String(record.GetProperty("sealedKey").GetString()!);
        var key = new byte[32];
        using (var aes = new AesGcm(master, 16))
        {
            aes.Decrypt(
                sealedKey.AsSpan(0, 12), sealedKey.AsSpan(12, 32), sealedKey.AsSpan(44), key,
                Encoding.UTF8.GetBytes($"agentmesh wallet key 1\ndefault:alice\n{address}\n{record.GetProperty("keyId").GetString()}"));
        }

        byte[][] forms =
        [
            key, master, Encoding.ASCII.GetBytes(Convert.ToHexString(key)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key)),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(key)), Encoding.ASCII.GetBytes(Convert.ToBase64String(master)),
            // As JSON has a text.
            Encoding.ASCII.GetBytes(JsonSerializer.Serialize(Convert.ToBase64String(key))), Encoding.ASCII.GetBytes(JsonSerializer.Serialize(Convert.ToBase64String(master))),
        ];
        var answers = await Task.WhenAll(new[] { "info", "history", "export", "events?after=0&wait=0" }.Select(path => client.Http.GetByteArrayAsync($"/agent/alice/{path}")));
        using var rotated = await client.Http.PostAsync(new Uri("/admin/wallets/rotate", UriKind.Relative), null, TestContext.Current.CancellationToken);
        var rotation = await rotated.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var records = await Task.WhenAll(new[] { "head", "wallet", "page:default:1", "events:1" }.Select(async name =>
            Encoding.UTF8.GetBytes((await mesh.StateAsync("default:alice", name)).GetRawText())));
        Assert.All([.. answers, rotation, .. records, Encoding.UTF8.GetBytes(mesh.Output)], text => AssertNone(text, forms));
        return forms;
    }

    private static void AssertNone(byte[] text, byte[][] forms) => Assert.All(forms, form => Assert.Equal(-1, text.AsSpan().IndexOf(form)));
}
