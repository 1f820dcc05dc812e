using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Watching;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.Gateway.Tests.Watching;

/// <summary>A gateway on real sockets before an agent with an event log.</summary>
public abstract class WatchTest : IAsyncLifetime
{
    private protected FakeSidecar Sidecar { get; private set; } = null!;

    private protected FakeAgent Agent { get; private set; } = null!;

    private protected HttpClient Http { get; } = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Sidecar = await FakeSidecar.StartAsync();
        Agent = FakeAgent.Behind(Sidecar);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http.Dispose();
        await Sidecar.DisposeAsync();
    }

    private protected GatewayServer Start(TimeProvider? timeProvider = null, params (string Name, string Value)[] settings) =>
        new GatewayServer(Sidecar, timeProvider, [KeyValuePair.Create("AgentMesh:Watching:ResumeGrace", "00:00:00"), .. settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))]).OnKestrel();

    private protected static Uri At(GatewayServer gateway, string path) => new($"http://127.0.0.1:{gateway.Port}{path}");

    /// <summary>Posts a message over HTTP.</summary>
    private protected async Task<string> PostAsync(GatewayServer gateway, string content, string user = "alice")
    {
        using var response = await Http.PostAsJsonAsync(At(gateway, $"/agent/{user}/message"), new { content }, Token);
        return await response.IsJsonAsync();
    }

    /// <summary>Delivers an announcement as the sidecar does.</summary>
    private protected Task<string> AnnounceAsync(GatewayServer gateway, params AgentSeq[] seqs) => AnnounceAsync(gateway, new Announcement(seqs, null));

    private protected Task<string> AnnounceAsync(GatewayServer gateway, Announcement announcement)
    {
        var data = JsonSerializer.Serialize(announcement, ContractsJson.Default.Announcement);
        return DeliverAsync(gateway, $$"""{"specversion":"1.0","id":"1","type":"com.dapr.event.sent","source":"agents","datacontenttype":"application/json","data":{{data}}}""");
    }

    private protected async Task<string> DeliverAsync(GatewayServer gateway, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json");
        using var response = await Http.PostAsync(At(gateway, "/dapr/announcements"), content, Token);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return await response.Content.ReadAsStringAsync(Token);
    }

    private protected static AgentSeq Seq(long seq) => new("default:alice", seq);

    private protected static Announcement Delta(string turn, int attempt, int at, string text, long? seq = null) =>
        new(seq is { } to ? [Seq(to)] : null, [new TurnDelta("default:alice", "default", turn, attempt, at, text)]);

    /// <summary>Waits until the gateway has read where alice's log is: from then on somebody watches it.</summary>
    private protected static async Task KnownAsync(GatewayServer gateway)
    {
        var hub = gateway.Services.GetRequiredService<WatchHub>();
        while (hub.Find("default:alice") is not { IsKnown: true })
            await Task.Yield();
    }

    private protected int Calls(string method) => Sidecar.Calls.Count(call => call.Path.EndsWith("/" + method, StringComparison.Ordinal));
}
