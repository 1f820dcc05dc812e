using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests;

/// <summary>The app's real pipeline in memory, over a fake sidecar's state on a real port. One per test.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    private readonly WebApplicationFactory<Program> _factory;

    private HostUnderTest(FakeActorState state, WebApplicationFactory<Program> factory)
    {
        State = state;
        _factory = factory;
        Http = factory.CreateClient();
    }

    public FakeActorState State { get; }

    public HttpClient Http { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    public static async Task<HostUnderTest> StartAsync(params (string Name, string Value)[] settings)
    {
        var state = await FakeActorState.StartAsync();
        HostUnderTest? host = null;
        var factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder =>
        {
            builder.UseSetting("environment", "Development");
            builder.UseSetting("DAPR_HTTP_ENDPOINT", state.Address.ToString());
            foreach (var (name, value) in settings)
                builder.UseSetting(name, value);
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(_ => host!.Time).AddLogging(log => log.ClearProviders()));
        });
        // The factory builds the app when it is first asked for a client, after `host` is set below.
        host = new HostUnderTest(state, factory);
        return host;
    }

    public Task<Reply<PostedMessage>> PostAsync(string agent, string content, string requestId, string? key = null, string? session = null) =>
        CallAsync(
            agent,
            nameof(IAgentActor.PostMessage),
            JsonContent.Create(new PostMessage(content, session, requestId, key), ContractsJson.Default.PostMessage),
            ContractsJson.Default.ReplyPostedMessage);

    public Task<Reply<AgentInfo>> InfoAsync(string agent) =>
        CallAsync(agent, nameof(IAgentActor.GetInfo), null, ContractsJson.Default.ReplyAgentInfo);

    public Task<Reply<HistoryPage>> HistoryAsync(string agent, int limit = 100, long? before = null, string? session = null) =>
        CallAsync(
            agent,
            nameof(IAgentActor.GetHistory),
            JsonContent.Create(new GetHistory(session, limit, before), ContractsJson.Default.GetHistory),
            ContractsJson.Default.ReplyHistoryPage);

    public Task<Reply<Session>> CreateSessionAsync(string agent, string requestId, string? metadata = null, string? key = null) => CallAsync(
        agent,
        nameof(IAgentActor.CreateSession),
        JsonContent.Create(new CreateSession(metadata, requestId, key), ContractsJson.Default.CreateSession),
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

    private async Task<Reply<T>> CallAsync<T>(string agent, string method, HttpContent? body, JsonTypeInfo<Reply<T>> type)
        where T : class
    {
        using var answer = await SendAsync(agent, method, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(type, TestContext.Current.CancellationToken))!;
    }
}
