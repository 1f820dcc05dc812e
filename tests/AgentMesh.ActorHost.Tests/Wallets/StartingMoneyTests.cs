using System.Net.Http.Json;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;

namespace AgentMesh.ActorHost.Tests.Wallets;

/// <summary>New wallets of one machine start with money, once for each address, and no message waits for it.</summary>
public sealed class StartingMoneyTests
{
    private const string Alice = WalletHost.Alice;

    private static readonly string Keys = WalletHost.Key(1);

    [Fact]
    public async Task NewWallet_GetsItOnce_AndNoReminderIsLeft()
    {
        await using var host = await WalletHost.StartAsync(Keys);
        await host.Host.PostAsync(Alice, "hello", "r1");
        var address = (await host.Host.InfoAsync(Alice)).Value!.WalletAddress;
        await host.Host.RemindAsync(Alice, "flush");
        await host.UntilSettledAsync();
        Assert.Equal("done", host.Wallet("gift"));
        Assert.Equal([$$"""starting-money-{{address}} {"address":"{{address}}","amount":"10000000"}"""], host.Asked);

        await host.Host.DeactivateAsync(Alice);
        await host.Host.PostAsync(Alice, "hello", "r2");
        await host.Host.InfoAsync(Alice);
        await host.Host.RemindAsync(Alice, "flush");
        Assert.Single(host.Asked);
        Assert.Empty(host.State.RemindersOf(Alice));
    }

    /// <summary>It is stored with the wallet that it is due, and the reminder is there before.</summary>
    [Fact]
    public async Task Message_IsAnswered_WhileTheFaucetIsSilent()
    {
        await using var host = await WalletHost.StartAsync(Keys);
        host.FaucetStatus = 0;
        Assert.Contains("My wallet is 0x", (await host.Host.PostAsync(Alice, "hello", "r1")).Value!.Response, StringComparison.Ordinal);
        Assert.Equal("pending", host.Wallet("gift"));
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(401)]
    [InlineData(429)]
    public async Task FaucetThatIsAway_IsAskedAgainByTheFlush(int status)
    {
        await using var host = await WalletHost.StartAsync(Keys);
        host.FaucetStatus = status;
        await host.Host.PostAsync(Alice, "hello", "r1");
        // Six tries, and the process gives up for now.
        await host.UntilAsync(() => host.Asked.Count == 6 && host.Wallet("listedKeyId") is not null);
        Assert.Equal("pending", host.Wallet("gift"));
        await host.Host.RemindAsync(Alice, "flush");
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        host.FaucetStatus = 200;
        // One that comes while the errand before is not quite over changes nothing.
        await host.UntilAsync(async () =>
        {
            await host.Host.RemindAsync(Alice, "flush");
            return host.Wallet("gift") == "done";
        });
        Assert.Single(host.Asked.Distinct());
        await host.UntilSettledAsync();
    }

    /// <summary>409: the key was used with another amount, so it was given before.</summary>
    [Theory]
    [InlineData(400, "refused")]
    [InlineData(404, "refused")]
    [InlineData(409, "done")]
    public async Task FaucetThatSaysNo_IsNotAskedAgain(int status, string gift)
    {
        await using var host = await WalletHost.StartAsync(Keys);
        host.FaucetStatus = status;
        await host.Host.PostAsync(Alice, "hello", "r1");
        await host.UntilSettledAsync();
        Assert.Equal(gift, host.Wallet("gift"));
        await host.Host.RemindAsync(Alice, "flush");
        Assert.Single(host.Asked);
    }

    /// <summary>What has become of the money takes away the reminder that it needed, but not that of events that are not out: nobody else would wake the agent for them.</summary>
    [Fact]
    public async Task NotedMoney_LeavesTheReminder_WhileEventsAreNotOut()
    {
        await using var host = await WalletHost.StartAsync(Keys, ("AgentMesh:Events:Enabled", "true"), ("AgentMesh:Events:IntervalMs", "0"));
        host.State.Bulk.Status = 503;
        await host.Host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(() => host.Wallet("gift") == "done" && host.Wallet("listedKeyId") == host.Wallet("keyId"));
        // Its turn is over when the next one is.
        await host.Host.BudgetAsync(Alice);
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));

        // Nor does it in an activation that does not know yet how far they are.
        var note = new NoteWallet(null, (await host.Host.InfoAsync(Alice)).Value!.WalletAddress!, "done", host.Wallet("keyId"));
        await host.Host.DeactivateAsync(Alice);
        Assert.Null((await host.Host.CallAsync(
            Alice, nameof(IAgentWallets.NoteWallet), JsonContent.Create(note, ContractsJson.Default.NoteWallet), ContractsJson.Default.ReplySealedWallet)).Refusal);
        Assert.Equal(["flush"], host.State.RemindersOf(Alice));
        // Asked by their reminder, it is over with them.
        host.State.Bulk.Status = 200;
        await host.UntilAsync(async () =>
        {
            await host.Host.RemindAsync(Alice, "flush");
            return host.State.RemindersOf(Alice).Count == 0;
        });
    }

    /// <summary>The process dies after the commit, and after the faucet's answer: what is stored says what is left to be asked, with the same key.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ProcessThatDies_IsFollowedByOneThatAsksAgain(bool wasGiven)
    {
        await using var dead = await WalletHost.StartAsync(Keys);
        dead.FaucetStatus = wasGiven ? 200 : 0;
        dead.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith("/NoteWallet", StringComparison.Ordinal));
        await dead.Host.PostAsync(Alice, "hello", "r1");
        await dead.UntilAsync(() => dead.Asked.Count == 1);
        var asked = dead.Asked.Single();

        await using var host = await WalletHost.StartAsync(Keys);
        foreach (var key in dead.State.KeysOf(Alice))
            host.State[Alice, key] = dead.State[Alice, key];
        await host.Host.RemindAsync(Alice, "flush");
        await host.UntilAsync(() => host.Wallet("gift") == "done");
        Assert.Equal(asked, host.Asked.Single());
    }

    /// <summary>What was refused or has failed has stored no wallet, and none gets money.</summary>
    [Theory]
    [InlineData(FailedPut.BeforeStoring)]
    [InlineData(FailedPut.AfterStoring)]
    public async Task FailedFirstWrite_AsksForNothing_AndTheNextForOneWallet(FailedPut failure)
    {
        await using var host = await WalletHost.StartAsync(Keys);
        Assert.Equal(AgentRefusals.SessionNotFound, (await host.Host.PostAsync(Alice, "hello", "r0", session: "abcdefghijklmnopqrstuvwxyz")).Refusal!.Code);
        host.State.FailNextPut = failure;
        using (var failed = await host.Host.SendAsync(Alice, nameof(IAgentActor.PostMessage), JsonContent.Create(
            new PostMessage("hello", null, "r1", null), ContractsJson.Default.PostMessage)))
        {
            Assert.False(failed.IsSuccessStatusCode);
        }

        Assert.Empty(host.Asked);
        await host.Host.PostAsync(Alice, "hello", "r1");
        await host.Host.RemindAsync(Alice, "flush");
        await host.UntilSettledAsync();
        Assert.StartsWith($"starting-money-{(await host.Host.InfoAsync(Alice)).Value!.WalletAddress} ", Assert.Single(host.Asked.Distinct()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemindersThatCannotBeRegistered_FailNoMessage_AndTheMoneyComes()
    {
        await using var host = await WalletHost.StartAsync(Keys);
        host.State.FailsRegistrations = true;
        Assert.Null((await host.Host.PostAsync(Alice, "hello", "r1")).Refusal);
        await host.UntilSettledAsync();
        Assert.Equal("done", host.Wallet("gift"));
    }

    [Fact]
    public async Task ErasedAgent_IsInNoList()
    {
        await using var host = await WalletHost.StartAsync(Keys);
        var mayGiveOut = new TaskCompletionSource();
        host.State.BeforeInvoke = async call =>
        {
            // The list has it, and the agent is not told yet.
            if (call.EndsWith("/NoteWallet", StringComparison.Ordinal))
                await mayGiveOut.Task;
            return true;
        };
        await host.Host.PostAsync(Alice, "hello", "r1");
        await host.UntilAsync(() => host.State.KeysOf("default").Contains("wallets"));
        while (!(await host.Host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        mayGiveOut.SetResult();
        await host.UntilAsync(() => !host.State.KeysOf("default").Contains("wallets"));
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Empty(host.State.RemindersOf(Alice));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    public async Task WithoutTheSetting_NobodyIsAsked(string amount)
    {
        await using var host = await WalletHost.StartAsync(Keys, ("AgentMesh:Wallets:StartingUsdc", amount));
        await host.Host.PostAsync(Alice, "hello", "r1");
        await host.UntilSettledAsync();
        Assert.Empty(host.Asked);
        Assert.Null(host.Wallet("gift"));
    }

    [Theory]
    [InlineData("10", true, "local", null)]
    [InlineData("0.5", true, "local", null)]
    [InlineData("0.000001", true, "local", null)]
    [InlineData("0", false, "local", "AgentMesh__Wallets__StartingUsdc is simulated money, for Development only.")]
    [InlineData("10", false, "local", "AgentMesh__Wallets__StartingUsdc is simulated money, for Development only.")]
    [InlineData("0.0000001", true, "local", "AgentMesh__Wallets__StartingUsdc is an amount with at most 6 decimals, such as 10 or 0.5.")]
    [InlineData("-1", true, "local", "AgentMesh__Wallets__StartingUsdc is an amount with at most 6 decimals, such as 10 or 0.5.")]
    [InlineData("ten", true, "local", "AgentMesh__Wallets__StartingUsdc is an amount with at most 6 decimals, such as 10 or 0.5.")]
    [InlineData("10", true, "none", null)]
    [InlineData(null, false, "local", null)]
    public void Setting_IsForDevelopment(string? amount, bool isDevelopment, string provider, string? reason) => Assert.Equal(
        reason, new WalletOptions { Provider = provider, KeysSecret = "secretstore/wallet-keys", StartingUsdc = amount }.WhyNotIn(isDevelopment));
}
