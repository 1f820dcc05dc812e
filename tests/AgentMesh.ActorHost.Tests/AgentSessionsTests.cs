namespace AgentMesh.ActorHost.Tests;

/// <summary>Sessions of an agent, with every stored value damaged on its way as daprd does.</summary>
public sealed class AgentSessionsTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Session_IsRemembered_WithItsOwnHistory()
    {
        await using var host = await HostUnderTest.StartAsync();
        var made = (await host.CreateSessionAsync(Alice, "c1", """{"n":12345678901234567890.123456789}""")).Value!;
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var posted = (await host.PostAsync(Alice, "hello", "r1", session: made.Id)).Value!;
        Assert.Equal((2, 2, made.Id), (posted.MessageCount, posted.Seq, posted.SessionId));
        await host.PostAsync(Alice, "elsewhere", "r2");
        await host.DeactivateAsync(Alice);

        var session = (await host.GetSessionAsync(Alice, made.Id)).Value!;
        Assert.Equal("""{"n":12345678901234567890.123456789}""", session.Metadata);
        Assert.Equal(TimeSpan.FromSeconds(1), session.LastActive - session.CreatedAt);
        Assert.Equal([1L, 2], (await host.HistoryAsync(Alice, session: made.Id)).Value!.Messages.Select(message => message.Seq));
        Assert.Equal([3L, 4], (await host.HistoryAsync(Alice)).Value!.Messages.Select(message => message.Seq));
    }

    [Fact]
    public async Task Create_Repeated_MakesOne()
    {
        await using var host = await HostUnderTest.StartAsync();
        host.State.FailNextPut = Testing.FailedPut.AfterStoring;
        using (var lost = await host.SendAsync(Alice, "CreateSession", System.Net.Http.Json.JsonContent.Create(
            new Contracts.Agents.CreateSession(null, "c1", null), Contracts.ContractsJson.Default.CreateSession)))
            Assert.Equal(System.Net.HttpStatusCode.InternalServerError, lost.StatusCode);
        var again = (await host.CreateSessionAsync(Alice, "c1")).Value!;
        Assert.Equal(["default", again.Id], (await host.ListSessionsAsync(Alice)).Value!.Sessions.Select(session => session.Id));
        Assert.Equal((await host.CreateSessionAsync(Alice, "c2", key: "k")).Value, (await host.CreateSessionAsync(Alice, "c3", key: "k")).Value);
    }

    [Fact]
    public async Task List_GoesPageByPage()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Empty((await host.ListSessionsAsync(Alice)).Value!.Sessions);
        Assert.Empty(host.State.KeysOf(Alice));
        var ids = new List<string> { "default" };
        for (var n = 0; n < 5; n++)
            ids.Add((await host.CreateSessionAsync(Alice, $"c{n}")).Value!.Id);

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await host.ListSessionsAsync(Alice, 2, cursor)).Value!;
            Assert.True(page.Sessions.Count <= 2);
            seen.AddRange(page.Sessions.Select(session => session.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(ids, seen);
    }

    [Theory]
    [InlineData(0, null, "invalid_limit")]
    [InlineData(101, null, "invalid_limit")]
    [InlineData(1, "default", "invalid_cursor")]
    [InlineData(1, "aaaqeayeaudaocajbifqydiob4", "invalid_cursor")]
    public async Task List_RefusesWhatIsNotThere(int limit, string? cursor, string code)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(code, (await host.ListSessionsAsync(Alice, limit, cursor)).Refusal!.Code);
    }

    [Fact]
    public async Task Update_Merges()
    {
        await using var host = await HostUnderTest.StartAsync();
        var id = (await host.CreateSessionAsync(Alice, "c1", """{"a":1}""")).Value!.Id;
        Assert.Equal("""{"a":1,"b":2}""", (await host.UpdateSessionAsync(Alice, id, """{"b":2}""")).Value!.Metadata);
        Assert.Equal("""{"a":1,"b":2}""", (await host.GetSessionAsync(Alice, id)).Value!.Metadata);
        Assert.Equal("invalid_metadata", (await host.UpdateSessionAsync(Alice, id, "[]")).Refusal!.Code);
        Assert.Equal("default_session_fixed", (await host.UpdateSessionAsync(Alice, "default", null)).Refusal!.Code);
    }

    [Fact]
    public async Task Delete_LeavesNoKey_AndEverythingElse()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var before = host.State.KeysOf(Alice);
        var id = (await host.CreateSessionAsync(Alice, "c1")).Value!.Id;
        for (var n = 0; n < 20; n++)
            await host.PostAsync(Alice, "more", $"s{n}", session: id);
        Assert.Equal(3, host.State.KeysOf(Alice).Count(key => key.StartsWith($"page:{id}:", StringComparison.Ordinal)));
        await host.DeactivateAsync(Alice);

        Assert.True((await host.DeleteSessionAsync(Alice, id)).Value!.IsDone);
        Assert.Equal([.. before, "sessions"], host.State.KeysOf(Alice));
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
        Assert.Equal("session_not_found", (await host.PostAsync(Alice, "late", "r2", session: id)).Refusal!.Code);
        Assert.Equal("session_not_found", (await host.DeleteSessionAsync(Alice, id)).Refusal!.Code);
        Assert.Equal(4, (await host.PostAsync(Alice, "on", "r3")).Value!.MessageCount);
    }

    [Theory]
    [InlineData("aaaqeayeaudaocajbifqydiob4")]
    [InlineData("no-id")]
    public async Task UnknownSession_IsNotFound_AndNothingIsStored(string id)
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal("session_not_found", (await host.PostAsync(Alice, "hello", "r1", session: id)).Refusal!.Code);
        Assert.Equal("session_not_found", (await host.HistoryAsync(Alice, session: id)).Refusal!.Code);
        Assert.Equal("session_not_found", (await host.GetSessionAsync(Alice, id)).Refusal!.Code);
        Assert.Equal("session_not_found", (await host.UpdateSessionAsync(Alice, id, null)).Refusal!.Code);
        Assert.Equal("session_not_found", (await host.DeleteSessionAsync(Alice, id)).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    /// <summary>What a message costs: the default session as before, another one two reads more.</summary>
    [Fact]
    public async Task MessageInASession_CostsItsRecordMore()
    {
        await using var host = await HostUnderTest.StartAsync();
        var id = (await host.CreateSessionAsync(Alice, "c1")).Value!.Id;
        await host.PostAsync(Alice, "hello", "r1", session: id);
        host.State.TakeCalls();
        await host.PostAsync(Alice, "hello", "r2", session: id);
        var calls = host.State.TakeCalls();
        Assert.Equal([$"GET session:{id}", $"GET page:{id}:1"], calls.Take(2));
        Assert.Equal(["events:1", "head", $"page:{id}:1", $"session:{id}"], Assert.Single(calls.Skip(2))["PUT ".Length..].Split(' ').Order(StringComparer.Ordinal));
    }

    /// <summary>Any process may find it, whenever a reminder comes; without one that is due nothing is read for it.</summary>
    [Fact]
    public async Task Session_ExpiresWhenItsReminderComes_AndTheReminderGoes()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Sessions:IdleTtlSeconds", "3600"));
        var now = host.Time.GetUtcNow();
        var made = (await host.CreateSessionAsync(Alice, "c1")).Value!;
        Assert.Equal((3600, now.AddHours(1)), (made.TtlSeconds, made.ExpiresAt));
        Assert.Null((await host.CreateSessionAsync(Alice, "c2", ttl: 0)).Value!.ExpiresAt);
        Assert.Equal(("1h0m0s0ms", "0h1m0s0ms"), host.State.ReminderOf(Alice, "schedule"));
        host.Time.Advance(TimeSpan.FromMinutes(30));
        await host.PostAsync(Alice, "hello", "r1", session: made.Id);
        Assert.Equal(now.AddMinutes(90), (await host.GetSessionAsync(Alice, made.Id)).Value!.ExpiresAt);
        Assert.Equal(1, host.State.Registrations);

        await host.DeactivateAsync(Alice);
        host.Time.Advance(TimeSpan.FromMinutes(30));
        await host.RemindAsync(Alice, "schedule");
        Assert.Null((await host.GetSessionAsync(Alice, made.Id)).Refusal);
        Assert.Equal("0h30m0s0ms", host.State.ReminderOf(Alice, "schedule")!.Value.Due);
        host.Time.Advance(TimeSpan.FromMinutes(30));
        await host.RemindAsync(Alice, "schedule");
        Assert.Equal(Contracts.Agents.AgentRefusals.SessionNotFound, (await host.GetSessionAsync(Alice, made.Id)).Refusal!.Code);
        Assert.Equal(2, (await host.ListSessionsAsync(Alice)).Value!.Sessions.Count);
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.DoesNotContain("expiries", host.State.KeysOf(Alice));
        host.State.TakeCalls();
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.TakeCalls());
    }

    [Fact]
    public async Task ManyExpiredSessions_GoEightAtATime()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 0; n < 20; n++)
            await host.CreateSessionAsync(Alice, $"c{n}", ttl: 60);
        await host.CreateScheduleAsync(Alice, new("tick", null, null, 60, null, null, null, null, "s1", null));
        host.Time.Advance(TimeSpan.FromSeconds(60));
        foreach (var left in new[] { 12, 4, 0 })
        {
            await host.RemindAsync(Alice, "schedule");
            Assert.Equal(left + 1, (await host.ListSessionsAsync(Alice)).Value!.Sessions.Count);
            Assert.Equal(left > 0 ? "0h0m10s0ms" : "0h1m0s0ms", host.State.ReminderOf(Alice, "schedule")!.Value.Due);
        }

        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
        Assert.Equal(Contracts.Agents.AgentRefusals.InvalidTtl, (await host.CreateSessionAsync(Alice, "c", ttl: 59)).Refusal!.Code);
    }
}
