using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Tests.Conversation;
using CsCheck;

namespace AgentMesh.Agents.Tests.Events;

public sealed class EventLogTests
{
    private readonly FakeAgent _agent = new();

    [Fact]
    public void Log_HasEveryMessageOfEverySession_WithoutGaps()
    {
        var other = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("one");
        _agent.Post("two", session: other);
        Assert.Equal(
            [
                "1 user one of 1", "2 assistant This is our first message. You said: \"one\". of 1",
                "3 user two of 3", "4 assistant I remember our conversation (2 messages). You said: \"two\". of 3",
            ],
            _agent.Log());
        Assert.Equal(["default", "default", other, other], _agent.Read(0).Value!.Events.Select(logged => logged.Entry.Session));
    }

    [Theory]
    [InlineData(0, 1000, 1, 200)]
    [InlineData(0, 1, 1, 1)]
    [InlineData(63, 1, 64, 64)]
    [InlineData(63, 2, 64, 65)]
    [InlineData(64, 1, 65, 65)]
    [InlineData(127, 73, 128, 200)]
    [InlineData(199, 10, 200, 200)]
    public void Read_GoesOnAfterANumber_AcrossPages(long after, int limit, long first, long last)
    {
        for (var n = 0; n < 100; n++)
            _agent.Post($"message {n}");
        var read = _agent.Read(after, limit).Value!;
        Assert.Equal(Enumerable.Range((int)first, (int)(last - first + 1)).Select(seq => (long)seq), read.Events.Select(logged => logged.Seq));
        Assert.All(read.Events, logged => Assert.Equal(logged.Seq, logged.Message!.Seq));
        Assert.Equal((1, 200), (read.First, read.Last));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(long.MaxValue - 1)]
    public void Read_AfterTheEnd_IsEmpty(long after)
    {
        for (var n = 0; n < 100; n++)
            _agent.Post("message");
        Assert.Empty(_agent.Read(after).Value!.Events);
    }

    [Theory]
    [InlineData(0, "invalid_limit")]
    [InlineData(1, null)]
    [InlineData(1000, null)]
    [InlineData(1001, "invalid_limit")]
    public void Read_IsBounded(int limit, string? refusal)
    {
        _agent.Post("message");
        Assert.Equal(refusal, _agent.Read(0, limit).Refusal?.Code);
    }

    [Fact]
    public void Read_EndsEarlyBehindMuchText_AndNeverEmpty()
    {
        for (var n = 0; n < 50; n++)
            _agent.Post(new string('x', ConversationLimits.ContentBytes));
        var read = _agent.Read(0).Value!;
        Assert.InRange(read.Events.Length, 10, 60);
        Assert.Equal(read.Events.Length + 1, _agent.Read(read.Events[^1].Seq).Value!.Events[0].Seq);
    }

    [Fact]
    public void DeletedSession_LeavesNumbersWithoutText()
    {
        var other = _agent.CreateSession("r1").Value!.Id;
        _agent.Post("kept");
        _agent.Post("gone", session: other);
        _agent.DeleteSession(other);
        _agent.Post("later");
        Assert.Equal(
            ["1 user kept of 1", "3 removed", "4 removed", "5 user later of 5"],
            _agent.Log().Where(entry => !entry.Contains("assistant", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(130)]
    public void AgentOlderThanItsLog_IsReadFromWhereTheLogBegins(long lastSeq)
    {
        // What a head of version 1 is read as: nothing of the log is stored.
        for (var n = 0; n < lastSeq / 2; n++)
            _agent.Post("old");
        if (lastSeq % 2 == 1)
            _agent.Head = _agent.Head! with { LastSeq = lastSeq };
        _agent.Events.Clear();
        _agent.Head = _agent.Head! with { EventsFrom = lastSeq + 1 };
        for (var n = 0; n < 70; n++)
            Assert.Null(_agent.Post("new").Refusal);
        var read = _agent.Read(0).Value!;
        Assert.Equal(lastSeq + 1, read.First);
        Assert.Equal(Enumerable.Range((int)lastSeq + 1, 140).Select(seq => (long)seq), read.Events.Select(logged => logged.Seq));
    }

    [Fact]
    public void OldPages_AreTrimmed_OneForOne()
    {
        const long Kept = (long)EventLimits.Pages * EventLimits.PageEvents;
        _agent.Post("first");
        // As if the log had been written to the end of its last page but one.
        _agent.Head = _agent.Head! with { LastSeq = Kept - 2, EventsFrom = 1 };
        _agent.Events.Clear();
        var last = EventLogPage.NumberOf(Kept);
        _agent.Events[last] = new EventLogPage(
            EventLogPage.FirstSeq(last), new PackedEntries([.. Enumerable.Repeat(new UserMessageEntry("default", 1).ToBytes(), 62).SelectMany(bytes => bytes)]));
        _agent.Post("fills the last page");
        Assert.Equal(1, _agent.Head.EventsFrom);
        Assert.Empty(_agent.LastStored!.Change.TrimmedEvents);
        _agent.Post("begins one more");
        Assert.Equal(65, _agent.Head.EventsFrom);
        Assert.Equal([1], _agent.LastStored!.Change.TrimmedEvents);
        _agent.Post("goes on");
        Assert.Empty(_agent.LastStored!.Change.TrimmedEvents);
        Assert.Equal(65, _agent.Read(Kept).Value!.First);
    }

    /// <summary>A message to many is one event for each: every page that begins puts one out, and nobody would look for one that stayed.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(64, 1, 1)]
    [InlineData(65, 1, 2)]
    [InlineData(128, 1, 2)]
    [InlineData(129, 1, 3)]
    [InlineData(200, 1, 4)]
    // Of an agent older than its log, whose first page begins in the middle.
    [InlineData(1, 33, 1)]
    [InlineData(200, 33, 4)]
    public void ManyEventsAtOnce_TrimAsManyPagesAsTheyBegin(int events, long from, int trimmed)
    {
        _agent.Post("first");
        _agent.Head = _agent.Head! with { LastSeq = (long)EventLimits.Pages * EventLimits.PageEvents, EventsFrom = from };
        _agent.Events.Clear();
        for (var n = 1; n <= EventLimits.Pages; n++)
            _agent.Events[n] = new EventLogPage(EventLogPage.FirstSeq(n), PackedEntries.Empty);
        Assert.Null(_agent.Send("r1", new MailDraft([.. Enumerable.Range(0, events).Select(n => $"default:u{n}")], "to all", null, null, null, null)).Refusal);
        Assert.Equal(EventLogPage.FirstSeq(trimmed + 1), _agent.Head.EventsFrom);
        Assert.Equal(Enumerable.Range(trimmed + 1, EventLimits.Pages), _agent.Events.Keys.Order());
    }

    [Fact]
    public void HalfATransaction_IsCutBack()
    {
        for (var n = 0; n < 32; n++)
            _agent.Post("whole");
        var head = _agent.Head;
        _agent.Post("half");
        _agent.Head = head;
        Assert.Equal(64, _agent.Read(0).Value!.Events.Length);
        _agent.Post("again");
        Assert.Equal(["65 user again of 65"], _agent.Log(64).Take(1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQAAAAAB")]
    [InlineData("/w==")]
    public void DamagedPage_QuarantinesTheAgent(string entries)
    {
        _agent.Post("message");
        _agent.Events[1] = new EventLogPage(1, new PackedEntries(Convert.FromBase64String(entries)));
        Assert.Equal("agent_quarantined", _agent.Read(0).Refusal!.Code);
        Assert.Equal("agent_quarantined", _agent.Post("more").Refusal!.Code);
        _agent.Events.Clear();
        Assert.Equal("agent_quarantined", _agent.Post("more").Refusal!.Code);
    }

    [Fact]
    public void Entries_AreReadAsTheyWereWritten()
    {
        var sessions = Gen.Bool.Select(other => other ? SessionId.Of("x", null) : "default");
        var pages = Gen.Int[1, int.MaxValue];
        var seqs = Gen.Long[1, (1L << 48) - 1];
        var usage = Gen.Select(Gen.UInt, Gen.UInt, Gen.Long[0, (1L << 48) - 1]).Select(ModelUsage? (all) => new ModelUsage(all.Item1, all.Item2, all.Item3));
        var entry = Gen.OneOf<EventEntry>(
            Gen.Select(sessions, pages).Select(EventEntry (all) => new UserMessageEntry(all.Item1, all.Item2)),
            Gen.Select(sessions, pages, seqs).Select(EventEntry (all) => new AssistantMessageEntry(all.Item1, all.Item2, all.Item3, null)),
            Gen.Select(sessions, pages, seqs, usage).Select(EventEntry (all) => new AssistantMessageEntry(all.Item1, all.Item2, all.Item3, all.Item4)),
            Gen.Select(sessions, Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.String[Gen.Char.AlphaNumeric, 0, 4096]).Select(EventEntry (all) =>
                new FactEntry(all.Item1, FakeAgent.Start, all.Item2, all.Item3)),
            Gen.Select(sessions, seqs, Gen.String[Gen.Char.AlphaNumeric, 0, 200], Gen.String[Gen.Char.AlphaNumeric, 0, 500]).Select(EventEntry (all) =>
                new ErrorEntry(all.Item1, all.Item2, FakeAgent.Start, all.Item3, all.Item4)));
        entry.Array[0, 64].Sample(written =>
        {
            ReadOnlySpan<byte> bytes = written.SelectMany(one => one.ToBytes()).ToArray();
            foreach (var one in written)
            {
                Assert.Equal(one.ToBytes().Length, EventEntry.LengthOf(bytes));
                Assert.Equal(one, EventEntry.Take(ref bytes));
            }

            Assert.True(bytes.IsEmpty);
        });
    }

    [Theory]
    [InlineData("é", 250, 250)]
    [InlineData("é", 251, 250)]
    [InlineData("x", 500, 500)]
    [InlineData("x", 501, 500)]
    [InlineData("😀", 126, 125)]
    public void Detail_IsCutBetweenCharacters(string character, int count, int kept) =>
        Assert.Equal(
            string.Concat(Enumerable.Repeat(character, kept)), Utf8Text.Cut(string.Concat(Enumerable.Repeat(character, count)), EventLimits.DetailBytes));
}
