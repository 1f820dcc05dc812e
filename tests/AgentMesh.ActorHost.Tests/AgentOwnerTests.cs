using System.Reflection;
using AgentMesh.ActorHost.Tests.TenantBudgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Profile, search, export and erasure over HTTP.</summary>
public sealed class AgentOwnerTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Profile_IsKept_AndTakenAway()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Null((await host.ProfileAsync(Alice)).Value!.SystemPrompt);
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Equal("Be brief.", (await host.SetProfileAsync(Alice, "Be brief.")).Value!.SystemPrompt);
        await host.DeactivateAsync(Alice);
        Assert.Equal("Be brief.", (await host.ProfileAsync(Alice)).Value!.SystemPrompt);
        Assert.Null((await host.SetProfileAsync(Alice, "")).Value!.SystemPrompt);
        Assert.DoesNotContain("profile", host.State.KeysOf(Alice));
        Assert.Equal("invalid_profile", (await host.SetProfileAsync(Alice, new string('é', 8193))).Refusal!.Code);
    }

    [Fact]
    public async Task Model_IsToldTheProfile()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
            ("AgentMesh:Responder:Model", "m"), ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"));
        await host.SetProfileAsync(Alice, "Answer as a pirate.");
        await host.PostAsync(Alice, "hello", "r1");
        var request = await model.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Answer as a pirate.", request.Messages[0].Text);
    }

    [Fact]
    public async Task Search_FindsWhateverTheCase_NewestPageFirst_AndSaysWhereToGoOn()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 1200; n++)
            await host.PostAsync(Alice, n % 100 == 0 ? $"The Trip {n}" : "else", $"r{n}");
        var found = new List<string>();
        long? before = null;
        var calls = 0;
        do
        {
            var page = (await host.HistoryAsync(Alice, limit: 3, before: before, search: "the trip")).Value!;
            Assert.InRange(page.Messages.Count, 0, 3);
            found.InsertRange(0, page.Messages.Where(message => message.Role == "user").Select(message => message.Content));
            before = page.NextBefore;
            calls++;
        }
        while (before is not null);
        // Each question and the answer that repeats it.
        Assert.Equal(Enumerable.Range(1, 12).Select(n => $"The Trip {n * 100}"), found);
        Assert.InRange(calls, 8, 12);
        Assert.Equal("invalid_search", (await host.HistoryAsync(Alice, search: "")).Refusal!.Code);
    }

    [Fact]
    public async Task Pages_AreReadOldestFirst()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 20; n++)
            await host.PostAsync(Alice, $"message {n}", $"r{n}");
        var seqs = new List<long>();
        for (var n = 1; ; n++)
        {
            var page = (await host.PageAsync(Alice, n)).Value!;
            seqs.AddRange(page.Messages.Select(message => message.Seq));
            if (page.IsLast)
                break;
        }

        Assert.Equal(Enumerable.Range(1, 40).Select(seq => (long)seq), seqs);
        Assert.Equal((0, true), ((await host.PageAsync(Alice, 4)).Value!.Messages.Count, (await host.PageAsync(Alice, 4)).Value!.IsLast));
        Assert.Equal("session_not_found", (await host.PageAsync(Alice, 1, new string('a', 26))).Refusal!.Code);
    }

    [Fact]
    public async Task Erasure_LeavesNothing_AndAnAgentAsNew()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
            ("AgentMesh:Responder:Model", "m"), ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"), ("AgentMesh:Flush:IntervalSeconds", "300"));
        model.Behave(new ModelBehavior { IsSilent = true }, new ModelBehavior { IsSilent = true });
        await host.PostAsync("default:bob", "stays", "r0");
        await host.PostAsync(Alice, "hello", "r1", "key");
        await host.SetProfileAsync(Alice, "Be brief.");
        await host.SetBudgetAsync(Alice, new LimitSetting("agent", "USD", "once", "1"));
        var session = (await host.CreateSessionAsync(Alice, "c1", ttl: 3600)).Value!.Id;
        await host.CreateScheduleAsync(Alice, new CreateSchedule("later", null, null, 3600, null, null, null, null, "s1", null));
        await host.InfoAsync(Alice);
        await host.RemindAsync(Alice, "flush");
        await host.PostAsync(Alice, "there", "r2", session: session);
        await host.SendMailAsync(Alice, "m1", "default:bob");
        await host.SendMailAsync("default:bob", "m1", Alice);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 1);
        host.State[Alice, "summary:default"] = host.State[Alice, $"summary:{session}"] = """{"text":"Short.","upToPage":1,"upToSeq":1,"at":"2026-01-02T03:04:05.678Z","v":1}""";
        host.State[Alice, "wallet"] = """{"provider":"local","address":"0x0","keyId":"k","sealedKey":"s","createdAt":"2026-01-02T03:04:05.678Z","v":1}""";
        host.State[Alice, "policy"] = host.State[Alice, "spending"] = host.State[Alice, "approvals"] = host.State[Alice, "tasks"] = host.State[Alice, "published"] = host.State[Alice, "topics"] = host.State[Alice, "tickets"] = "{}";
        host.State[Alice, "purchases"] = """{"open":[],"kept":[{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaa","until":"2026-01-03T03:04:05.678Z","answerBytes":2}],"v":1}""";
        foreach (var key in (string[])["purchase", "purchase-body", "purchase-answer"])
            host.State[Alice, $"{key}:aaaaaaaaaaaaaaaaaaaaaaaaaa"] = "{}";
        await host.RecordPaymentAsync(Alice, AgentPaymentsTests.Payment(1) with { State = PaymentStates.Unknown });
        await host.FreezeAsync(Alice);
        var everything = host.State.KeysOf(Alice);
        AssertHasAKeyOfEveryKind(everything);
        string[] kept = ["freeze", "ledger", $"payment:{AgentPaymentsTests.Payment(1).Id}", "payments", "payments:1", "policy", "spending"];
        Assert.NotEmpty(host.State.RemindersOf(Alice));

        var (removed, payments) = (new Dictionary<string, int>(), 0L);
        for (var isDone = false; !isDone;)
        {
            var part = (await host.EraseAsync(Alice)).Value!;
            foreach (var (kind, count) in part.Records)
                removed[kind] = removed.GetValueOrDefault(kind) + count;
            (isDone, payments) = (part.IsDone, part.KeptPayments);
            Assert.Equal((isDone, isDone ? 3 : 0), (part.KeepsFreeze, part.KeptSpending));
            if (!isDone)
                Assert.Equal("agent_erasing", (await host.PostAsync(Alice, "in between", "r3")).Refusal!.Code);
        }

        Assert.Equal(kept, host.State.KeysOf(Alice));
        Assert.Equal(1, payments);
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.Equal(everything.Except(kept).Count(), removed.Values.Sum());
        Assert.NotEmpty(host.State.KeysOf("default:bob"));
        Assert.Equal(0, (await host.InfoAsync(Alice)).Value!.MessageCount);
        // What an admin has set still holds.
        Assert.Equal("1", Assert.Single((await host.InfoAsync(Alice)).Value!.Budget!.Limits).Limit);
        Assert.Equal("once", Assert.Single((await host.BudgetAsync(Alice)).Value!.Limits).Window);
        // What becomes of the payment is written down all the same, and makes no agent.
        await host.RecordPaymentAsync(Alice, AgentPaymentsTests.Payment(1) with { State = PaymentStates.Settled });
        Assert.Equal(PaymentStates.Settled, Assert.Single((await host.PaymentsAsync(Alice)).Value!.Payments).State);
        Assert.Equal(kept, host.State.KeysOf(Alice));
        Assert.Null((await host.InfoAsync(Alice)).Value!.CreatedAt);
        Assert.Equal((true, 1), ((await host.EraseAsync(Alice)).Value!.IsDone, (await host.EraseAsync(Alice)).Value!.KeptPayments));
        Assert.Equal(1, (await host.PostAsync(Alice, "hello again", "r1", "key")).Value!.Seq);
    }

    [Fact]
    public async Task Erasure_IsAnnounced_ThoughTheAgentIsUsedAgainAtOnce()
    {
        // Ten seconds between two announcements, of a clock that stands: all of this goes into one.
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Announcements:IntervalMs", "10000"));
        await host.PostAsync("default:bob", "is told at once", "r0");
        await host.NextAnnouncementAsync();
        await host.PostAsync(Alice, "hello", "r1");
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        await host.PostAsync(Alice, "hello again", "r2");
        var next = host.NextAnnouncementAsync();
        while (!next.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal([new AgentSeq(Alice, 0), new AgentSeq(Alice, 2)], (await next).Seqs);
    }

    [Fact]
    public async Task ErasureOfALongHistory_IsInParts_AndGoesOnAfterADeactivation()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 1100; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        Assert.False((await host.EraseAsync(Alice)).Value!.IsDone);
        await host.DeactivateAsync(Alice);
        Assert.Equal("agent_erasing", (await host.InfoAsync(Alice)).Refusal!.Code);
        Assert.Equal("agent_erasing", (await host.HistoryAsync(Alice)).Refusal!.Code);
        var parts = 1;
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            parts++;
        Assert.InRange(parts, 3, 5);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    /// <summary>By reflection over the names of keys: a new kind of record has to be in the test of erasure.</summary>
    private static void AssertHasAKeyOfEveryKind(IReadOnlyList<string> keys)
    {
        var constants = typeof(StateKeys).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        var makers = typeof(StateKeys).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method =>
            (string)method.Invoke(null, [.. method.GetParameters().Select(object (parameter) => parameter.ParameterType == typeof(int) ? 1 : parameter.ParameterType == typeof(long) ? 1L : "x")])!);
        Assert.All(constants.Concat(makers), name => Assert.Contains(keys, key => key.Split(':')[0] == name.Split(':')[0]));
    }
}
