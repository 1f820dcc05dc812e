using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Agents.Quotas;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Quotas;

/// <summary>A tenant has as many agents, and messages of such a size, as it may: told by its list, which no agent is missing from.</summary>
public sealed class TenantQuotasTests
{
    private static readonly DateTimeOffset StartTime = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task AgentBeyondTheQuota_IsRefused_AndLeavesNothing()
    {
        await using var host = await StartAsync(("AgentsPerTenant", "2"));
        Assert.Null((await host.PostAsync("default:a", "hi", "r1")).Refusal);
        Assert.Null((await host.SetProfileAsync("default:b", "Be brief.")).Refusal);
        Assert.Equal(TenantQuota.TooManyAgents, (await host.PostAsync("default:c", "hi", "r1")).Refusal?.Code);
        Assert.Equal(TenantQuota.TooManyAgents, (await host.CreateSessionAsync("default:c", "r2")).Refusal?.Code);
        Assert.Empty(host.State.KeysOf("default:c"));
        Assert.Empty(host.State.RemindersOf("default:c"));
        // Those that are there go on, another tenant has its own, and a read makes no agent.
        Assert.Null((await host.PostAsync("default:b", "hi", "r2")).Refusal);
        Assert.Null((await host.PostAsync("acme:c", "hi", "r1")).Refusal);
        Assert.Equal(0, (await host.InfoAsync("default:c")).Value!.MessageCount);
        await HostUnderTest.UntilAsync(async () => await TotalAsync(host) == 2);
        Assert.Equal(1, await TotalAsync(host, "acme"));
    }

    [Fact]
    public async Task AgentsThatBeginAtOnce_AreNoMoreThanTheQuota()
    {
        await using var host = await StartAsync(("AgentsPerTenant", "3"));
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => host.PostAsync($"default:a{n}", "hi", "r1")));
        Assert.Equal(3, replies.Count(reply => reply.Refusal is null));
        Assert.All(replies.Where(reply => reply.Refusal is not null), reply => Assert.Equal(TenantQuota.TooManyAgents, reply.Refusal!.Code));
    }

    /// <summary>What others have begun is known when the list has been asked.</summary>
    [Fact]
    public async Task AnotherProcess_KnowsThemToo_AndAnErasedAgentMakesRoom()
    {
        await using var first = await StartAsync(("AgentsPerTenant", "2"));
        await first.PostAsync("default:a", "hi", "r1");
        await first.PostAsync("default:b", "hi", "r1");
        await HostUnderTest.UntilAsync(async () => await TotalAsync(first) == 2);
        // The sidecar's calls go to this one from now on.
        await using var second = Start(first.State, ("AgentsPerTenant", "2"));
        await second.PostAsync("default:a", "first question", "r2");
        await HostUnderTest.UntilAsync(async () => (await second.PostAsync("default:x", "", "r1")).Refusal?.Code == TenantQuota.TooManyAgents);
        while (!(await second.EraseAsync("default:a")).Value!.IsDone)
            Assert.NotEmpty(second.State.KeysOf("default:a"));
        // As whoever erases does. A line that was under way may come after it, or be taken back before it: the process itself sees to that one.
        await ForgetAsync(second, "a");
        await HostUnderTest.UntilAsync(async () => await TotalAsync(second) == 1);
        second.Time.Advance(Refresh);
        await HostUnderTest.UntilAsync(async () => (await second.PostAsync("default:c", "hi", "r1")).Refusal is null);
        await HostUnderTest.UntilAsync(async () => await TotalAsync(second) == 2);
    }

    [Fact]
    public async Task MessagesBeyondTheQuota_AreRefused_AndWhatIsThereCanBeReadAndRemoved()
    {
        await using var host = await StartAsync(("BytesPerTenant", "20000"));
        var session = (await host.CreateSessionAsync("default:a", "r0")).Value!.Id;
        Assert.Null((await host.PostAsync("default:a", "small", "r1")).Refusal);
        var large = new string('x', AgentListLimits.Step / 2);
        // Its line says so, and so long it is taken.
        Assert.Null((await host.PostAsync("default:a", large, "r2", session: session)).Refusal);
        await HostUnderTest.UntilAsync(async () => (await host.PostAsync("default:b", "hi", Guid.NewGuid().ToString())).Refusal?.Code == TenantQuota.StorageFull);
        Assert.Equal(TenantQuota.StorageFull, (await host.PostAsync("default:a", "more", "r3")).Refusal?.Code);
        // A repeat is answered as it was.
        Assert.Equal("This is our first message. You said: \"small\".", (await host.PostAsync("default:a", "small", "r1")).Value!.Response);
        Assert.Equal(2, (await host.HistoryAsync("default:a")).Value!.Messages.Count);
        while ((await host.DeleteSessionAsync("default:a", session)).Value is { IsDone: false })
            Assert.NotEmpty(host.State.KeysOf("default:a"));
        host.Time.Advance(Refresh);
        await HostUnderTest.UntilAsync(async () => (await host.PostAsync("default:a", "room", Guid.NewGuid().ToString())).Refusal is null);
    }

    /// <summary>The process dies between the commit and the line: the reminder, which was there before the commit, has it written.</summary>
    [Fact]
    public async Task LineThatWasLost_IsWrittenByTheFlush_WhichThenGoes()
    {
        await using var uncounted = await StartAsync(("Enabled", "false"));
        await uncounted.PostAsync("default:a", "hi", "r1");
        await using var host = Start(uncounted.State);
        Assert.Equal(0, await TotalAsync(host));
        await host.RemindAsync("default:a", "flush");
        await HostUnderTest.UntilAsync(async () => await TotalAsync(host) == 1);
        await HostUnderTest.UntilAsync(async () =>
        {
            await host.RemindAsync("default:a", "flush");
            return JsonElement.Parse(host.State["default:a", "head"]!).GetProperty("listedBytes").ValueKind == JsonValueKind.Number;
        });
        Assert.Empty(host.State.RemindersOf("default:a"));
    }

    [Fact]
    public async Task Reminder_IsThereBeforeTheFirstCommit()
    {
        await using var host = await StartAsync();
        host.State.FailNextPut = FailedPut.BeforeStoring;
        await Assert.ThrowsAnyAsync<Exception>(() => host.PostAsync("default:a", "hi", "r1"));
        Assert.Contains("flush", host.State.RemindersOf("default:a"));
    }

    [Fact]
    public async Task List_HasEachAgentOnce_InParts()
    {
        await using var host = await StartAsync();
        var users = Enumerable.Range(0, 70).Select(n => $"user{n}").ToArray();
        foreach (var part in users.Chunk(AgentListLimits.Batch))
            Assert.Equal(0, (await NoteAsync(host, part)).NoRoom);
        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await ListAsync(host, cursor, 9)).Value!;
            Assert.InRange(page.Agents.Count, 0, 9);
            Assert.Equal((70, 140), (page.Total, page.Bytes));
            found.AddRange(page.Agents.Select(agent => agent.User));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(users.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(AgentRefusals.InvalidCursor, (await ListAsync(host, "nonsense", 9)).Refusal?.Code);
    }

    [Fact]
    public async Task ForgottenAgent_IsInTheListNoMore()
    {
        await using var host = await StartAsync();
        await NoteAsync(host, ["a", "b"]);
        Assert.Equal(1, (await ForgetAsync(host, "a")).Agents);
        Assert.Equal(0, (await ForgetAsync(host, "a")).Agents);
        Assert.Equal(1, await TotalAsync(host));
    }

    [Fact]
    public void Codes_AreThoseOfTheContract() =>
        Assert.Equal((QuotaRefusals.TooManyAgents, QuotaRefusals.TenantStorageFull), (TenantQuota.TooManyAgents, TenantQuota.StorageFull));

    [Theory]
    [InlineData("AgentsPerTenant", "-1")]
    [InlineData("AgentsPerTenant", "500001")]
    [InlineData("BytesPerTenant", "-1")]
    [InlineData("RefreshSeconds", "0")]
    public async Task SettingThatCannotBe_EndsTheStart(string name, string value) =>
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync((name, value)));

    private static async Task<HostUnderTest> StartAsync(params (string Name, string Value)[] settings) => Start(await FakeActorState.StartAsync(), settings);

    private static HostUnderTest Start(FakeActorState state, params (string Name, string Value)[] settings) => HostUnderTest.Start(
        state, new FakeTimeProvider(StartTime), _ => { }, [("AgentMesh:Quotas:Enabled", "true"), .. settings.Select(setting => ($"AgentMesh:Quotas:{setting.Name}", setting.Value))]);

    private static async Task<int> TotalAsync(HostUnderTest host, string tenant = "default") => (await ListAsync(host, null, 1, tenant)).Value!.Total;

    private static Task<Reply<AgentList>> ListAsync(HostUnderTest host, string? after, int most, string tenant = "default") => host.CallTenantAsync(
        tenant, nameof(ITenantAgents.ListAgents), JsonContent.Create(new ListAgents(after, most), ContractsJson.Default.ListAgents), ContractsJson.Default.ReplyAgentList);

    private static async Task<AgentsNoted> NoteAsync(HostUnderTest host, string[] users) => (await host.CallTenantAsync(
        "default",
        nameof(ITenantAgents.NoteAgents),
        JsonContent.Create(new NoteAgents([.. users.Select(user => new ListedAgent(user, 2))]), ContractsJson.Default.NoteAgents),
        ContractsJson.Default.ReplyAgentsNoted)).Value!;

    private static async Task<DueForgotten> ForgetAsync(HostUnderTest host, string user) => (await host.CallTenantAsync(
        "default", nameof(ITenantActor.ForgetDue), JsonContent.Create(new ForgetDue([user]), ContractsJson.Default.ForgetDue), ContractsJson.Default.ReplyDueForgotten)).Value!;
}
