using System.Text.Json;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.Conversation;

/// <summary>The shell around the rules, in memory: loads what they ask for, stores what they say, counts both.</summary>
internal sealed partial class FakeAgent : IAgentReader
{
    internal const long Epoch = 1L << 32;
    internal static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    internal static readonly JsonSerializerOptions Json = CreateJson();

    internal AgentHead? Head { get; set; }

    internal Dictionary<int, MessagePage> Pages { get; } = [];

    internal SessionIndex Index { get; set; } = SessionIndex.Empty;

    internal Dictionary<string, SessionRecord> Sessions { get; } = [];

    internal SessionExpiries? Expiries { get; set; }

    internal Dictionary<(string Session, int N), MessagePage> SessionPages { get; } = [];

    internal Dictionary<int, IdempotencyBucket> Buckets { get; } = [];

    internal Dictionary<int, EventLogPage> Events { get; } = [];

    internal TurnTable? Turns { get; set; }

    internal ScheduleTable? Schedules { get; set; }

    internal Ledger Ledger { get; set; } = Ledger.Empty;

    /// <summary>How budgets are set up: no limit, and so nothing to spend, until a test says otherwise.</summary>
    internal BudgetRules Budget { get; set; } = new([]);

    /// <summary>What refuses every hold.</summary>
    internal Refusal? Gate { get; set; }

    /// <summary>Whether the last change of turns has written the ledger.</summary>
    internal bool HasWrittenLedger { get; private set; }

    internal Dictionary<string, SessionSummary> Summaries { get; } = [];

    internal PostRules Rules { get; set; } = new(
        AnswersAtOnce: true, new TurnRules(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(300), 3), null);

    /// <summary>The events of all changes, as they are known without reading.</summary>
    internal List<LoggedEvent> Handed { get; } = [];

    /// <summary>Runs that the last change made due.</summary>
    internal IReadOnlyList<TurnRun> Runs { get; private set; } = [];

    internal DateTimeOffset Now { get; set; } = Start;

    internal List<int> Loaded { get; } = [];

    internal StoredPost? LastStored { get; private set; }

    internal Result<PostAnswer> Post(
        string content, string? requestId = null, string? key = null, string? session = null, string? ifBusy = null)
    {
        LastStored = null;
        var request = PostRequest.Create(content, session, requestId, key, ifBusy);
        var head = Head ?? AgentHead.Unborn(Now);
        KeyBuckets? keys = null;
        if (request.Bucket is { } own)
        {
            var spare = IdempotencyCounts.BucketToPrune(head.Keys, own, Now);
            keys = new KeyBuckets(own, Bucket(own), spare, spare is { } n ? Bucket(n) : null);
        }

        var inputs = InputsOf(request, head, keys);
        var outcome = MessagePosting.Post(inputs, request, Rules, Epoch, Now);
        switch (outcome.Value)
        {
            case StoredPost stored:
                LastStored = stored;
                Apply(stored.Change, stored.Runs);
                return stored.Answer;
            case LimitedPost limited:
                return limited.Rate.Refusal;
            case PausedPost paused:
                return new Refusal(paused.Pause.Code, $"Turn {paused.TurnId} is paused.");
            case RepeatedPost repeat:
                var page = Page(request.SessionId, repeat.Answer.Page);
                var found = MessagePosting.Find(repeat, page);
                if (found.IsRefused)
                    return found.Refusal;
                return found.Value.Role == MessageRole.Assistant
                    ? MessagePosting.ToAnswer(found.Value, request.SessionId, page!)
                    : MessagePosting.ToPending(found.Value, request.SessionId);
            default:
                return outcome.Refusal!;
        }
    }

    internal Result<ScheduleChange> Schedule(
        string requestId, TimingRequest times, string content = "later", string session = "default", string? tool = null)
    {
        var request = new ScheduleRequest(SessionId.Of(requestId, null), content, session, times, tool);
        var change = ScheduleChanges.Create(TurnInputs, Schedules, Sessions.GetValueOrDefault(session), request, Epoch, Now);
        if (change.Value?.Change is { } stored)
            Apply(stored, []);
        return change;
    }

    internal Refusal? Unschedule(string id)
    {
        var change = ScheduleChanges.Delete(TurnInputs, Schedules, id, Epoch, Now);
        if (change.Value?.Change is { } stored)
            Apply(stored, []);
        return change.Refusal;
    }

    /// <summary>A tick of the reminder: what is due runs, one after the other.</summary>
    /// <returns>How many transactions it took; null when the agent is damaged.</returns>
    internal int? RunSchedules()
    {
        for (var n = 0; ; n++)
        {
            if (!(Head!.NextSchedule <= Now))
                return n;
            var table = ScheduleTable.Open(Head, Schedules);
            if (table.IsRefused)
                return null;
            var due = table.Value.FirstDue(Now)!;
            var inputs = InputsOf(ScheduleRuns.RequestOf(due), Head, null);
            if (Apply(ScheduleRuns.Run(inputs, table.Value, due, Rules, Epoch, Now)) is not null)
                return null;
            if (table.Value == Schedules)
                return n;
        }
    }

    internal Refusal? Advance() => Apply(TurnChanges.Advance(TurnInputs, Rules.Turns, Epoch, Now));

    internal Refusal? Renew(long turn, int attempt)
    {
        var renewed = TurnChanges.Renew(Turns, new TurnRun(turn, attempt), Rules.Turns, Now);
        Turns = renewed.Value ?? Turns;
        return renewed.Refusal;
    }

    internal Refusal? Complete(long turn, int attempt, string text, ModelUsage? usage = null, long? lastMicroUsd = null)
    {
        var id = Turns?.Find(turn)?.Session ?? SessionNames.Default;
        var session = Sessions.GetValueOrDefault(id);
        var place = new AnswerPlace(session, Page(id, (session?.Page ?? Head!.Page).N));
        return Apply(TurnChanges.Complete(TurnInputs, place, new TurnRun(turn, attempt), text, usage, lastMicroUsd, Rules.Turns, Epoch, Now));
    }

    internal Refusal? Fail(long turn, int attempt, bool isTransient = false, long? lastMicroUsd = null) => Apply(TurnChanges.Fail(
        TurnInputs, new TurnRun(turn, attempt), new Refusal("model_unavailable", "The model is away."), isTransient, lastMicroUsd, Rules.Turns, Epoch, Now));

    /// <summary>A run is about to call the model.</summary>
    internal Result<FundedCall> HoldCall(long turn, int attempt, int call, long wanted, long least, long? lastMicroUsd = null)
    {
        var funded = TurnChanges.HoldCall(
            InputsWith(Head!) with { Funds = Funds }, new TurnRun(turn, attempt), new CallFunding(call, wanted, least, lastMicroUsd), Rules.Turns, Epoch, Now);
        Runs = [];
        if (funded.Value?.Step.Change is { } change)
            Apply(change, funded.Value.Step.Runs);
        return funded;
    }

    internal Refusal? Resume(long turn) => Apply(TurnChanges.Resume(TurnInputs, turn, Rules.Turns, Epoch, Now));

    /// <summary>An admin sets the limits; then the shell looks at what is due.</summary>
    internal void SetLimits(params BudgetLimit[] limits)
    {
        Ledger = Ledger.SetLimits([.. limits], Budget, Now).Value!.Ledger;
        if (Head is { OpenTurns: > 0 })
            Advance();
    }

    internal Refusal? Note(long turn, int attempt, ToolNote note) =>
        Apply(TurnChanges.Note(TurnInputs, new TurnRun(turn, attempt), note, Epoch, Now));

    internal Refusal? Cancel(long turn) => Apply(TurnChanges.Cancel(TurnInputs, turn, Rules.Turns, Epoch, Now));

    internal Result<EventSlice> Read(long after, int limit = 1000) => Done(new EventReader(Head!, this).ReadAsync(after, limit, CancellationToken.None));

    internal Result<EndedTurn> FindEnd(long turn) => Done(new EventReader(Head!, this).FindEndAsync(turn, CancellationToken.None));

    /// <summary>The log in short, a text for each event.</summary>
    internal IEnumerable<string> Log(long after = 0) => Read(after).Value!.Events.Select(logged => logged switch
    {
        { Entry: ErrorEntry error } => $"{logged.Seq} {error.Code} of {error.Turn}",
        { Entry: FactEntry fact } => $"{logged.Seq} {fact.Type} {fact.Data}",
        { Message: { } message } => $"{logged.Seq} {(message.Role == MessageRole.User ? "user" : "assistant")} {message.Content} of {message.Turn}",
        _ => $"{logged.Seq} removed",
    });

    internal IEnumerable<string> Context(long turn, int budget = 64 * 1024) => ReadContext(turn, budget).Messages.Select(message => message.Content);

    internal TurnMessages ReadContext(long turn, int budget = 64 * 1024)
    {
        var open = Turns!.Find(turn)!;
        return Done(ContextReader.ReadAsync(
            Head!, Sessions.GetValueOrDefault(open.Session), Summaries.GetValueOrDefault(open.Session), open, new SummaryRules(budget),
            (n, _) => ValueTask.FromResult(Page(open.Session, n)), CancellationToken.None)).Value;
    }

    internal SummaryInputs SummaryInputs(string session = "default") =>
        new(Head!, session, Sessions.GetValueOrDefault(session), Turns, Summaries.GetValueOrDefault(session));

    internal Result<SummaryPart> SummaryWork(int budget, string session = "default") => Done(SummaryWriting.NextAsync(
        SummaryInputs(session), new SummaryRules(budget), (n, _) => ValueTask.FromResult(Page(session, n)), CancellationToken.None));

    internal Refusal? Summarize(SummaryPart part, string text, int budget, string session = "default", DateTimeOffset? createdAt = null)
    {
        var written = new WrittenSummary(createdAt ?? Head!.CreatedAt, part.FromPage, part.ThroughPage, part.ThroughSeq, text);
        var summary = SummaryWriting.Store(SummaryInputs(session), written, new SummaryRules(budget), Now);
        if (!summary.IsRefused)
            Summaries[session] = summary.Value;
        return summary.Refusal;
    }

    ValueTask<EventLogPage?> IAgentReader.LoadEventsAsync(int n, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Events.GetValueOrDefault(n));

    ValueTask<MessagePage?> IAgentReader.LoadPageAsync(string session, int n, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Page(session, n));

    ValueTask<SessionRecord?> IAgentReader.LoadSessionAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Sessions.GetValueOrDefault(id));

    internal Result<HistorySlice> History(int limit, long? before = null, string session = "default")
    {
        Loaded.Clear();
        return Done(MessageHistory.ReadAsync(
            Head,
            Sessions.GetValueOrDefault(session),
            new HistoryQuery(session, limit, before),
            (n, _) =>
            {
                Loaded.Add(n);
                return ValueTask.FromResult(Page(session, n));
            },
            CancellationToken.None));
    }

    internal Result<SessionChange> CreateSession(string requestId, string? metadata = null, int? ttl = null, int configured = 0)
    {
        var id = SessionId.Of(requestId, null);
        return Apply(SessionChanges.Create(
            Head ?? AgentHead.Unborn(Now), Index, Sessions.GetValueOrDefault(id), id, Expiries, metadata, SessionExpiry.Choose(ttl, configured), Epoch, Now));
    }

    /// <summary>A tick of the reminder: sessions that are due are looked at, one after the other.</summary>
    /// <returns>How many transactions it took; null when the agent is damaged.</returns>
    internal int? ExpireSessions()
    {
        for (var n = 0; ; n++)
        {
            if (!(Head!.NextExpiry <= Now))
                return n;
            var expiries = SessionExpiries.Open(Head, Expiries);
            if (expiries.IsRefused)
                return null;
            var id = expiries.Value.First!.Value.Id;
            if (Apply(SessionExpiry.Expire(TurnInputs, Index, expiries.Value, Sessions.GetValueOrDefault(id), id, Epoch, Now)).IsRefused)
                return null;
        }
    }

    internal Result<SessionChange> UpdateSession(string id, string? patch) =>
        Apply(SessionChanges.Update(Sessions.GetValueOrDefault(id), id, patch, Now));

    internal Result<SessionChange> DeleteSession(string id) =>
        Apply(SessionChanges.Delete(TurnInputs, Index, Expiries, Sessions.GetValueOrDefault(id), id, Epoch, Now));

    /// <summary>Bytes of a transaction as JSON, the way the SDK encodes it.</summary>
    internal static int Bytes(StoredPost stored) =>
        JsonSerializer.Serialize(stored.Change.Head, Json).Length
        + stored.Change.Pages.Sum(page => JsonSerializer.Serialize(page.Page, Json).Length)
        + stored.Change.Events.Sum(page => JsonSerializer.Serialize(page.Page, Json).Length)
        + stored.Change.Buckets.Sum(bucket => JsonSerializer.Serialize(bucket.Bucket, Json).Length);

    private PostInputs InputsOf(PostRequest request, AgentHead head, KeyBuckets? keys)
    {
        var record = Sessions.GetValueOrDefault(request.SessionId);
        return new PostInputs(head, record, Page(request.SessionId, (record?.Page ?? head.Page).N), OpenEvents(head), Turns, keys) { Funds = FundsIfNeeded };
    }

    private TurnInputs TurnInputs => InputsWith(Head ?? AgentHead.Unborn(Now));

    private TurnInputs InputsWith(AgentHead head) => new(head, OpenEvents(head), Turns) { Funds = FundsIfNeeded };

    private TurnFunds Funds => new(Ledger, Budget, Now, Gate);

    // As the shell does it: who has nothing to do with money does not read the ledger.
    private TurnFunds? FundsIfNeeded => Turns is { NeedsLedger: true } ? Funds : null;

    private EventLogPage? OpenEvents(AgentHead head) =>
        EventLogPage.OpenNumber(head) is { } n ? Events.GetValueOrDefault(n) : null;

    private Refusal? Apply(Result<TurnStep> step)
    {
        Runs = [];
        if (step.Value?.Change is { } change)
            Apply(change, step.Value.Runs);
        return step.Refusal;
    }

    private void Apply(AgentChange change, IReadOnlyList<TurnRun> runs)
    {
        Runs = runs;
        Handed.AddRange(NewEvents.Of(Head ?? AgentHead.Unborn(Now), change));
        foreach (var (n, bucket) in change.Buckets)
            Buckets[n] = bucket;
        foreach (var (n, page) in change.Pages)
        {
            if (change.SessionId == SessionNames.Default)
                Pages[n] = page;
            else
                SessionPages[(change.SessionId, n)] = page;
        }

        foreach (var (n, page) in change.Events)
            Events[n] = page;
        foreach (var trimmed in change.TrimmedEvents)
            Events.Remove(trimmed);
        if (change.Session is { } changed)
            Sessions[change.SessionId] = changed;
        if (change.Schedules is { } schedules)
            Schedules = schedules.All.IsEmpty ? null : schedules;
        if (change.Turns is { } turns)
            Turns = turns.Open.IsEmpty ? null : turns;
        HasWrittenLedger = change.Ledger is not null;
        Ledger = change.Ledger ?? Ledger;
        StoreMail(change);
        Head = change.Head;
    }

    private Result<SessionChange> Apply(Result<SessionChange> outcome)
    {
        if (outcome.IsRefused)
            return outcome;
        var change = outcome.Value;
        for (var n = change.RemovedPages.First; n <= change.RemovedPages.Last; n++)
            SessionPages.Remove((change.Id, n));
        if (change.Session is { } session)
            Sessions[change.Id] = session;
        else
            Sessions.Remove(change.Id);
        Index = change.Index ?? Index;
        if (change.Expiries is { } expiries)
            Expiries = expiries.Next is null ? null : expiries;
        if (change.Agent is { } agent)
            Apply(agent, []);
        return outcome;
    }

    private static T Done<T>(ValueTask<T> read)
    {
        var task = read.AsTask();
        Assert.True(task.IsCompletedSuccessfully);
        return task.GetAwaiter().GetResult();
    }

    private MessagePage? Page(string session, int n) =>
        session == SessionNames.Default ? Pages.GetValueOrDefault(n) : SessionPages.GetValueOrDefault((session, n));

    private IdempotencyBucket Bucket(int n) => Buckets.GetValueOrDefault(n) ?? IdempotencyBucket.Empty;

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions { TypeInfoResolver = AgentStateJson.Default };
        AgentStateJson.AddTo(json);
        return json;
    }
}
