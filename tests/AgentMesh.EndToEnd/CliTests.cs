using System.Diagnostics;
using System.Text.Json;
using AgentMesh.Evm;

namespace AgentMesh.EndToEnd;

/// <summary>A person at the terminal of the machine that the mesh runs on: no token, no port known by heart, a key of one's own.</summary>
public sealed class CliTests
{
    private const string Analysis = "/agent/alice/premium/analysis";
    private const int MaxMasterKeys = 16;
    private const string Body = """{"query":"Is it so?"}""";

    [Fact]
    public async Task Person_Pays_Funds_RotatesTheMasterKey_AndTalks()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        // The launcher and the agents go on with the file that the commands made, with as many keys as those make.
        Assert.Equal(0, (await RunAsync(store, "init", "--data", store.Data)).ExitCode);
        while ((await RunAsync(store, "rotate-keys", "--data", store.Data)).ExitCode == 0)
            Assert.InRange(MasterKeys(store).Length, 2, MaxMasterKeys);
        var keys = MasterKeys(store);
        Assert.Equal(MaxMasterKeys, keys.Length);
        await using var mesh = await Mesh.StartAsync(store.Data);
        Assert.Equal(keys, MasterKeys(store));
        using var owner = new AgentClient(mesh.Ready.Gateway);
        using var facilitator = new FacilitatorClient(mesh);

        var early = await PayAsync(store, mesh);
        Assert.Equal((3, "refused", "not_for_sale"), (early.ExitCode, Outcome(early), Json(early).GetProperty("refusal").GetProperty("code").GetString()));
        var unfunded = await RunAsync(store, "fund", "alice", "--ready-file", mesh.ReadyFilePath);
        Assert.Equal(3, unfunded.ExitCode);
        Assert.Contains("alice's agent has no wallet yet", unfunded.Error, StringComparison.Ordinal);
        await owner.PostAsync("alice", "hello");
        var seller = EvmAddress.Parse((await owner.InfoAsync("alice")).GetProperty("walletAddress").GetString()!);

        var first = await PayAsync(store, mesh);
        var second = await PayAsync(store, mesh);
        Assert.Equal((0, "paid", 0, "paid"), (first.ExitCode, Outcome(first), second.ExitCode, Outcome(second)));
        Assert.StartsWith("Premium analysis of", Json(first).GetProperty("body").GetProperty("analysis").GetString(), StringComparison.Ordinal);
        Assert.NotEqual(Transaction(first), Transaction(second));
        var buyer = EvmAddress.Parse(Json(first).GetProperty("payer").GetString()!);
        // 10 of the faucet, twice 0.10 spent.
        Assert.Equal((UInt256)9_800_000UL, await facilitator.BalanceAsync(buyer));

        var before = await facilitator.BalanceAsync(seller);
        var funded = await RunAsync(store, "fund", "alice", "--amount", "2.5", "--ready-file", mesh.ReadyFilePath);
        Assert.True(funded.ExitCode == 0, funded.Error);
        Assert.InRange((await facilitator.BalanceAsync(seller)).Value - before.Value, 2_500_000, long.MaxValue);

        var key = (await File.ReadAllTextAsync(Path.Combine(store.Data, "home/.agentmesh/buyer.key"), TestContext.Current.CancellationToken)).Trim();
        Assert.All([first.Output, first.Error, second.Output, funded.Output, mesh.Output], text => Assert.DoesNotContain(key, text, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(Directory.GetFiles(Path.Combine(store.Data, "home/.agentmesh/buyer.key.payments")));
        await TalkAsync(store, mesh);
    }

    /// <summary>What is said and sent with one command is what the others show.</summary>
    private static async Task TalkAsync(TestStore store, Mesh mesh)
    {
        var chat = await AskAsync(store, mesh, "I am carol.\nDo you remember me?\n", "chat", "carol", "--json");
        var answers = chat.Split('\n').Select(line => JsonElement.Parse(line).GetProperty("response").GetString()!).ToList();
        Assert.Equal(2, answers.Count);
        Assert.StartsWith("I remember our conversation (2 messages).", answers[1], StringComparison.Ordinal);
        Assert.Equal(answers[1], (await AskAsync(store, mesh, null, "chat", "carol", "--history", "1"))["assistant: ".Length..]);

        await AskAsync(store, mesh, """{"limits":[{"scope":"agent","asset":"USD","window":"once","limit":"2500000"}]}""", "budget", "carol", "--set", "-");
        Assert.Equal("agent, USD, once\n  [........................]    0 %  0 of 2.5 USD spent, 2.5 left", await AskAsync(store, mesh, null, "budget", "carol"));
        var info = JsonElement.Parse(await AskAsync(store, mesh, null, "info", "carol", "--json"));
        Assert.Equal((4, "2500000"), (info.GetProperty("messageCount").GetInt32(), info.GetProperty("budget").GetProperty("limits")[0].GetProperty("limit").GetString()));

        var mail = await AskAsync(store, mesh, null, "send", "carol", "dave", "Are you there?");
        // Delivered is what happens meanwhile: it is waited for.
        var watched = (await AskAsync(store, mesh, null, "watch", "carol", "--after", "2", "--type", "message", "--type", "mail", "--count", "4", "--json")).Split('\n').Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(["user", "assistant"], watched[..2].Select(next => next.GetProperty("data").GetProperty("role").GetString()));
        Assert.Equal([(mail, "sent"), (mail, "delivered")], watched[2..].Select(next => (next.GetProperty("data").GetProperty("mail").GetString()!, next.GetProperty("data").GetProperty("status").GetString()!)));
        Assert.Equal(3, watched[0].GetProperty("seq").GetInt64());
    }

    /// <summary>Runs a command that asks the gateway, and has to succeed.</summary>
    private static async Task<string> AskAsync(TestStore store, Mesh mesh, string? input, params string[] arguments)
    {
        var ran = await RunWithAsync(store, input, [.. arguments, "--ready-file", mesh.ReadyFilePath]);
        Assert.True(ran.ExitCode == 0, ran.Error);
        return ran.Output.TrimEnd('\n');
    }

    private static string[] MasterKeys(TestStore store) =>
        JsonElement.Parse(File.ReadAllBytes(Path.Combine(store.Data, "secrets.json"))).GetProperty("wallet-keys").GetString()!.Split(',');

    private static Task<Ran> PayAsync(TestStore store, Mesh mesh) => RunAsync(store, "pay", Analysis, "--body", Body, "--ready-file", mesh.ReadyFilePath, "--json");

    private static Task<Ran> RunAsync(TestStore store, params string[] arguments) => RunWithAsync(store, null, arguments);

    /// <summary>Runs the program in a home of its own.</summary>
    private static async Task<Ran> RunWithAsync(TestStore store, string? input, params string[] arguments)
    {
        var home = Directory.CreateDirectory(Path.Combine(store.Data, "home")).FullName;
        var start = new ProcessStartInfo("dotnet", [Mesh.CliDll, .. arguments]) { WorkingDirectory = home, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = home;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        try
        {
            return new Ran(await output, await error, await ExitCodeOfAsync(process, limit.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static async Task<int> ExitCodeOfAsync(Process process, CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    private static JsonElement Json(Ran ran) => JsonElement.Parse(ran.Output);

    private static string? Outcome(Ran ran) => Json(ran).GetProperty("outcome").GetString();

    private static string? Transaction(Ran ran) => Json(ran).GetProperty("settlement").GetProperty("transaction").GetString();

    private sealed record Ran(string Output, string Error, int ExitCode);
}
