using System.Text;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentMesh.Sidecar.Tests.PubSub;

/// <summary>The real runtime on a store that outlives it.</summary>
internal sealed class PubSubMesh : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly SidecarRuntime _runtime;
    private readonly IReadOnlyList<AppDefinition> _apps;

    private PubSubMesh(SidecarRuntime runtime, IReadOnlyList<AppDefinition> apps) => (_runtime, _apps) = (runtime, apps);

    public SidecarRuntime Runtime => _runtime;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static AppDefinition Define(string appId, int appPort, PubSubSettings settings, int replica = 0) =>
        new(appId, replica, appPort, TestPorts.Next(), TestPorts.Next()) { PubSubs = [settings] };

    public static async Task<PubSubMesh> StartAsync(IStateStore store, params AppDefinition[] apps) => new(
        await SidecarRuntime.StartAsync(new SidecarOptions { Apps = apps, AppApiToken = "app-token" }, store, NullLoggerFactory.Instance, TimeProvider.System, Token), apps);

    public Task ConnectAsync(int index = 0) => _runtime.ConnectAppAsync(_apps[index], Token);

    public Task DisconnectAsync(int index = 0) => _runtime.DisconnectAppAsync(_apps[index]);

    public async Task<(int Status, string Body)> SendAsync(string path, string body, string contentType = "application/json", int index = 0)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var answer = await _client.PostAsync($"http://127.0.0.1:{_apps[index].DaprHttpPort}{path}", content, Token);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    public async Task PublishAsync(string data, string topic = "orders", string query = "") =>
        Assert.Equal((204, ""), await SendAsync($"/v1.0/publish/pubsub/{topic}{query}", data));

    public Task<string> MetadataAsync() => _client.GetStringAsync($"http://127.0.0.1:{_apps[0].DaprHttpPort}/v1.0/metadata", Token);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _runtime.DisposeAsync();
    }
}
