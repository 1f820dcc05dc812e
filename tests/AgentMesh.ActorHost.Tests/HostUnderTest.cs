using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Topics;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests;

/// <summary>The app's real pipeline in memory, over a fake sidecar's state on a real port. One per test.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    /// <summary>A test that waits for what nobody says fails, and does not hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplicationFactory<Program> _factory;
    private readonly TimeProvider _time;

    private HostUnderTest(FakeActorState state, TimeProvider time, WebApplicationFactory<Program> factory)
    {
        State = state;
        _time = time;
        _factory = factory;
        Http = factory.CreateClient();
        state.App = Http;
    }

    public FakeActorState State { get; }

    public HttpClient Http { get; }

    /// <summary>The clock of a host that was not started on the system's.</summary>
    public FakeTimeProvider Time => (FakeTimeProvider)_time;

    /// <summary>What the app has put together.</summary>
    public IServiceProvider Services => _factory.Services;

    public static Task<HostUnderTest> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync(new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero)), settings);

    public static Task<HostUnderTest> StartAsync(TimeProvider time, params (string Name, string Value)[] settings) => StartAsync(time, _ => { }, settings);

    /// <param name="time">The clock.</param>
    /// <param name="configure">What a developer's own agents have.</param>
    /// <param name="settings">Of the app.</param>
    public static async Task<HostUnderTest> StartAsync(TimeProvider time, Action<AgentHostBuilder> configure, params (string Name, string Value)[] settings) =>
        Start(await FakeActorState.StartAsync(), time, configure, settings);

    /// <param name="state">Its sidecar.</param>
    /// <param name="time">The clock.</param>
    /// <param name="configure">What a developer's own agents have.</param>
    /// <param name="settings">Of the app.</param>
    public static HostUnderTest Start(FakeActorState state, TimeProvider time, Action<AgentHostBuilder> configure, params (string Name, string Value)[] settings)
    {
        return new HostUnderTest(state, time, new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseSetting("environment", "Development");
            builder.UseSetting("DAPR_HTTP_ENDPOINT", state.Address.ToString());
            builder.UseSetting("DAPR_HTTP_DISABLE_H2C", "true");
            builder.UseSetting("AgentMesh:Announcements:IntervalMs", "0");
            builder.UseSetting("AgentMesh:RateLimit:Enabled", "false");
            // Tests count calls and reminders; those of soft state, of the sweep, of domain events and of quotas have their own.
            builder.UseSetting("AgentMesh:Flush:IntervalSeconds", "0");
            builder.UseSetting("AgentMesh:Sweep:IntervalSeconds", "0");
            builder.UseSetting("AgentMesh:Events:Enabled", "false");
            builder.UseSetting("AgentMesh:Wallets:Provider", "none");
            builder.UseSetting("AgentMesh:Quotas:Enabled", "false");
            foreach (var (name, value) in settings)
                builder.UseSetting(name, value);
            builder.ConfigureServices(services =>
            {
                services.AddSingleton(time).AddLogging(log => log.ClearProviders());
                configure(new AgentHostBuilder(services));
            });
        }));
    }

    public Task<Reply<PostedMessage>> PostAsync(string agent, string content, string requestId, string? key = null, string? session = null, string? ifBusy = null) =>
        CallAsync(
            agent,
            nameof(IAgentActor.PostMessage),
            JsonContent.Create(new PostMessage(content, session, requestId, key, ifBusy), ContractsJson.Default.PostMessage),
            ContractsJson.Default.ReplyPostedMessage);

    public Task<Reply<EventPage>> EventsAsync(string agent, long after = 0, int limit = 1000) => CallAsync(
        agent, nameof(IAgentActor.ReadEvents), JsonContent.Create(new ReadEvents(after, limit), ContractsJson.Default.ReadEvents), ContractsJson.Default.ReplyEventPage);

    public Task<Reply<Turn>> TurnAsync(string agent, string id) => CallAsync(
        agent, nameof(IAgentActor.GetTurn), JsonContent.Create(new GetTurn(id), ContractsJson.Default.GetTurn), ContractsJson.Default.ReplyTurn);

    public Task<Reply<Turn>> CancelAsync(string agent, string id) => CallAsync(
        agent, nameof(IAgentActor.CancelTurn), JsonContent.Create(new CancelTurn(id), ContractsJson.Default.CancelTurn), ContractsJson.Default.ReplyTurn);

    public Task<Reply<AgentTask>> CreateTaskAsync(string agent, string id, string? turn, string? payment = null) => CallAsync(
        agent, nameof(IAgentTasks.CreateTask), JsonContent.Create(new CreateTask(id, "tool", turn, payment), ContractsJson.Default.CreateTask), ContractsJson.Default.ReplyAgentTask);

    public Task<Reply<AgentTask>> GetTaskAsync(string agent, string id, bool isOwner = true) => CallAsync(
        agent, nameof(IAgentTasks.GetTask), JsonContent.Create(new GetTask(id, isOwner), ContractsJson.Default.GetTask), ContractsJson.Default.ReplyAgentTask);

    /// <summary>What the sidecar does when the reminder is due.</summary>
    public async Task RemindAsync(string agent, string name = "work")
    {
        var tick = JsonContent.Create(new { data = "", dueTime = "", period = "0h0m10s0ms" });
        var answer = await Http.PutAsync(
            new Uri($"actors/AgentActor/{agent}/method/remind/{name}", UriKind.Relative), tick, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Waits until the agents say that the log has come that far.</summary>
    public async Task UntilAsync(string agent, long seq)
    {
        for (var known = 0L; known < seq;)
        {
            var announcement = await NextAnnouncementAsync();
            known = announcement.Seqs?.SingleOrDefault(one => one.Agent == agent)?.Seq ?? known;
        }
    }

    /// <summary>Asks until it is so, for what nobody announces.</summary>
    /// <param name="isSo">Asks.</param>
    /// <param name="patience">When to give up; null: what an answer may take.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan? patience = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < (patience ?? Patience), "It did not come true in time.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public async Task<Announcement> NextAnnouncementAsync() => (await State.Published.ReadAsync(TestContext.Current.CancellationToken).AsTask()
        .WaitAsync(Patience, TestContext.Current.CancellationToken)).Deserialize(ContractsJson.Default.Announcement)!;

    public Task<Reply<SentMail>> SendMailAsync(string agent, string requestId, params string[] to) => SendMailAsync(agent, new SendMail(requestId, null, to, "hello"));

    public Task<Reply<SentMail>> SendMailAsync(string agent, SendMail request) => CallAsync(
        agent, nameof(IAgentMail.SendMail), JsonContent.Create(request, ContractsJson.Default.SendMail), ContractsJson.Default.ReplySentMail);

    public Task<Reply<MailTaken>> DeliverMailAsync(string agent, DeliverMail request) => CallAsync(
        agent, nameof(IAgentMail.DeliverMail), JsonContent.Create(request, ContractsJson.Default.DeliverMail), ContractsJson.Default.ReplyMailTaken);

    public async Task<IReadOnlyList<MailItem>> MailAsync(string agent, bool isSent) => (await CallAsync(
        agent, nameof(IAgentMail.ListMail), JsonContent.Create(new ListMail(isSent, 100, null), ContractsJson.Default.ListMail), ContractsJson.Default.ReplyMailPage)).Value!.Messages;

    public Task<Reply<MailItem>> ChangeMailAsync(string agent, ChangeMail request) => CallAsync(
        agent, nameof(IAgentMail.ChangeMail), JsonContent.Create(request, ContractsJson.Default.ChangeMail), ContractsJson.Default.ReplyMailItem);

    public Task<Reply<MailSettings>> SetMailPolicyAsync(string agent, string receive, string[]? allow = null, string[]? deny = null) => CallAsync(
        agent, nameof(IAgentMail.SetMailPolicy), JsonContent.Create(new MailSettings(receive, allow, deny), ContractsJson.Default.MailSettings), ContractsJson.Default.ReplyMailSettings);

    public Task<Reply<AgentInfo>> InfoAsync(string agent) =>
        CallAsync(agent, nameof(IAgentActor.GetInfo), null, ContractsJson.Default.ReplyAgentInfo);

    public Task<Reply<AgentProfile>> ProfileAsync(string agent) =>
        CallAsync(agent, nameof(IAgentActor.GetProfile), null, ContractsJson.Default.ReplyAgentProfile);

    public Task<Reply<AgentProfile>> SetProfileAsync(string agent, string? prompt) => CallAsync(
        agent, nameof(IAgentActor.SetProfile), JsonContent.Create(new AgentProfile(prompt), ContractsJson.Default.AgentProfile), ContractsJson.Default.ReplyAgentProfile);

    public Task<Reply<AgentBudget>> BudgetAsync(string agent) =>
        CallAsync(agent, nameof(IAgentBudgets.GetBudget), null, ContractsJson.Default.ReplyAgentBudget);

    public Task<Reply<AgentBudget>> SetBudgetAsync(string agent, params LimitSetting[] limits) => CallAsync(
        agent, nameof(IAgentBudgets.SetBudget), JsonContent.Create(new SetBudget(limits), ContractsJson.Default.SetBudget), ContractsJson.Default.ReplyAgentBudget);

    public Task<Reply<StoredPage>> PageAsync(string agent, int n, string? session = null) => CallAsync(
        agent, nameof(IAgentActor.GetPage), JsonContent.Create(new GetPage(session, n), ContractsJson.Default.GetPage), ContractsJson.Default.ReplyStoredPage);

    public Task<Reply<Erasure>> EraseAsync(string agent) => CallAsync(
        agent, nameof(IAgentActor.EraseAll), JsonContent.Create(new EraseAgent("e1"), ContractsJson.Default.EraseAgent), ContractsJson.Default.ReplyErasure);

    public Task<Reply<HistoryPage>> HistoryAsync(string agent, int limit = 100, long? before = null, string? session = null, string? search = null) =>
        CallAsync(
            agent,
            nameof(IAgentActor.GetHistory),
            JsonContent.Create(new GetHistory(session, limit, before, search), ContractsJson.Default.GetHistory),
            ContractsJson.Default.ReplyHistoryPage);

    public Task<Reply<Session>> CreateSessionAsync(
        string agent, string requestId, string? metadata = null, string? key = null, int? ttl = null, string? payee = null) => CallAsync(
        agent,
        nameof(IAgentActor.CreateSession),
        JsonContent.Create(new CreateSession(metadata, requestId, key, ttl, payee), ContractsJson.Default.CreateSession),
        ContractsJson.Default.ReplySession);

    public Task<Reply<Session>> GetSessionAsync(string agent, string id) => CallAsync(
        agent, nameof(IAgentActor.GetSession), JsonContent.Create(new GetSession(id), ContractsJson.Default.GetSession), ContractsJson.Default.ReplySession);

    public Task<Reply<Session>> UpdateSessionAsync(string agent, string id, string? metadata) => CallAsync(
        agent,
        nameof(IAgentActor.UpdateSession),
        JsonContent.Create(new UpdateSession(id, metadata), ContractsJson.Default.UpdateSession),
        ContractsJson.Default.ReplySession);

    public Task<Reply<SessionList>> ListSessionsAsync(string agent, int limit = 100, string? cursor = null) => CallAsync(
        agent,
        nameof(IAgentActor.ListSessions),
        JsonContent.Create(new ListSessions(limit, cursor), ContractsJson.Default.ListSessions),
        ContractsJson.Default.ReplySessionList);

    public Task<Reply<SessionDeletion>> DeleteSessionAsync(string agent, string id) => CallAsync(
        agent,
        nameof(IAgentActor.DeleteSession),
        JsonContent.Create(new DeleteSession(id), ContractsJson.Default.DeleteSession),
        ContractsJson.Default.ReplySessionDeletion);

    /// <param name="agent">The agent.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">A JSON object.</param>
    /// <param name="key">What makes a repeat the same call.</param>
    /// <param name="session">The session; null: the default one.</param>
    /// <param name="payment">What pays for it; null: nothing.</param>
    public Task<Reply<PostedMessage>> CallToolAsync(string agent, string tool, string arguments, string key, string? session = null, AgentPayment? payment = null) => CallAsync(
        agent,
        nameof(IAgentActor.PostMessage),
        JsonContent.Create(new PostMessage(null, session, "r", key, null, tool, arguments, payment), ContractsJson.Default.PostMessage),
        ContractsJson.Default.ReplyPostedMessage);

    public Task<Reply<AgentPaymentList>> PaymentsAsync(string agent, int limit = 100, long? before = null) => CallAsync(
        agent,
        nameof(IAgentPayments.ListPayments),
        JsonContent.Create(new ListPayments(limit, before), ContractsJson.Default.ListPayments),
        ContractsJson.Default.ReplyAgentPaymentList);

    public Task<Reply<AgentPayment>> PaymentAsync(string agent, string id) => CallAsync(
        agent, nameof(IAgentPayments.GetPayment), JsonContent.Create(new GetPayment(id), ContractsJson.Default.GetPayment), ContractsJson.Default.ReplyAgentPayment);

    public Task<Reply<AgentPayment>> RecordPaymentAsync(string agent, AgentPayment payment) => CallAsync(
        agent, nameof(IAgentPayments.RecordPayment), JsonContent.Create(payment, ContractsJson.Default.AgentPayment), ContractsJson.Default.ReplyAgentPayment);

    public Task<Reply<Sales>> SalesAsync(string agent) => CallAsync(agent, nameof(IAgentSales.GetSales), null, ContractsJson.Default.ReplySales);

    public Task<Reply<Summary>> SummaryAsync(string agent, string session = "default") => CallAsync(
        agent, nameof(IAgentSummaries.GetSummary), JsonContent.Create(new GetSummary(session), ContractsJson.Default.GetSummary), ContractsJson.Default.ReplySummary);

    public Task<Reply<SummaryWork>> SummaryWorkAsync(string agent, string session) => CallAsync(
        agent,
        nameof(IAgentSummaries.GetSummaryWork),
        JsonContent.Create(new GetSummary(session), ContractsJson.Default.GetSummary),
        ContractsJson.Default.ReplySummaryWork);

    public Task<Reply<Schedule>> CreateScheduleAsync(string agent, CreateSchedule request) => CallAsync(
        agent, nameof(IAgentActor.CreateSchedule), JsonContent.Create(request, ContractsJson.Default.CreateSchedule), ContractsJson.Default.ReplySchedule);

    public async Task<IReadOnlyList<Schedule>> SchedulesAsync(string agent) =>
        (await CallAsync(agent, nameof(IAgentActor.ListSchedules), null, ContractsJson.Default.ReplyScheduleList)).Value!.Schedules;

    public Task<Reply<Schedule>> DeleteScheduleAsync(string agent, string id) => CallAsync(
        agent,
        nameof(IAgentActor.DeleteSchedule),
        JsonContent.Create(new DeleteSchedule(id), ContractsJson.Default.DeleteSchedule),
        ContractsJson.Default.ReplySchedule);

    public Task<HttpResponseMessage> SendAsync(string agent, string method, HttpContent? body = null) =>
        Http.PutAsync(new Uri($"actors/AgentActor/{agent}/method/{method}", UriKind.Relative), body, TestContext.Current.CancellationToken);

    /// <summary>What the sidecar does with an idle agent.</summary>
    public async Task DeactivateAsync(string agent)
    {
        var answer = await Http.DeleteAsync(new Uri($"actors/AgentActor/{agent}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _factory.DisposeAsync();
        await State.DisposeAsync();
    }

    /// <summary>Calls any method of an agent.</summary>
    public async Task<Reply<T>> CallAsync<T>(string agent, string method, HttpContent? body, JsonTypeInfo<Reply<T>> type)
        where T : class
    {
        using var answer = await SendAsync(agent, method, body);
        return await ReadAsync(answer, type);
    }

    /// <summary>Calls any method of a tenant.</summary>
    public async Task<Reply<T>> CallTenantAsync<T>(string tenant, string method, HttpContent? body, JsonTypeInfo<Reply<T>> type)
        where T : class
    {
        using var answer = await Http.PutAsync(new Uri($"actors/TenantActor/{tenant}/method/{method}", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await ReadAsync(answer, type);
    }

    /// <summary>Calls any method of a tenant's API keys.</summary>
    public async Task<Reply<T>> CallApiKeysAsync<T>(string tenant, string method, HttpContent body, JsonTypeInfo<Reply<T>> type)
        where T : class
    {
        using var answer = await Http.PutAsync(new Uri($"actors/ApiKeysActor/{tenant}/method/{method}", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await ReadAsync(answer, type);
    }

    /// <summary>Calls any method of a tenant's audit chain.</summary>
    public async Task<Reply<T>> CallAuditAsync<T>(string tenant, string method, HttpContent body, JsonTypeInfo<Reply<T>> type)
        where T : class
    {
        using var answer = await Http.PutAsync(new Uri($"actors/AuditActor/{tenant}/method/{method}", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await ReadAsync(answer, type);
    }

    /// <summary>Calls any method of a topic.</summary>
    public async Task<Reply<TopicView>> CallTopicAsync(string topic, string method, string? user = null)
    {
        using var body = user is null ? null : JsonContent.Create(new TopicMember(user), ContractsJson.Default.TopicMember);
        using var answer = await Http.PutAsync(new Uri($"actors/TopicActor/{topic}/method/{method}", UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await ReadAsync(answer, ContractsJson.Default.ReplyTopicView);
    }

    private static async Task<Reply<T>> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<Reply<T>> type)
        where T : class
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(type, TestContext.Current.CancellationToken))!;
    }
}
