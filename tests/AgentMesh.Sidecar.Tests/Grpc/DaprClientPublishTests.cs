using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.PubSub;
using AgentMesh.Sidecar.Tests.Runtime;
using Dapr;
using Dapr.Client;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Grpc.Net.Client;
using RawClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace AgentMesh.Sidecar.Tests.Grpc;

/// <summary>The unmodified Dapr.Client publishes over gRPC, a subscriber of the mesh gets it.</summary>
public sealed class DaprClientPublishTests : IAsyncLifetime
{
    private const string Subscriptions = """[{"pubsubname":"pubsub","topic":"orders","route":"/orders","metadata":{"k":"v"}}]""";

    private readonly TemporaryFolder _folder = new();
    private SqliteStateStore? _store;
    private EventApp? _app;
    private PubSubMesh? _mesh;
    private AppDefinition[] _definitions = [];
    private DaprClient? _client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = SqliteStateStore.Open(_folder.Path, new LogList<SqliteStateStore>());
        _app = await EventApp.StartAsync(Subscriptions);
        var settings = new PubSubSettings("pubsub") { ConsumerId = "app", Scopes = new TopicScopes([], ["secret"], [], []) };
        _definitions = [PubSubMesh.Define("app", _app.Stub.Port, settings), PubSubMesh.Define("none", TestPorts.Next(), settings) with { PubSubs = [] }];
        _mesh = await PubSubMesh.StartAsync(_store, _definitions);
        await _mesh.ConnectAsync();
        _client = Create(_definitions[0]);
    }

    public async ValueTask DisposeAsync()
    {
        _client!.Dispose();
        await _mesh!.DisposeAsync();
        await _app!.DisposeAsync();
        await _store!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Publish_ReachesTheSubscriber_InAnEnvelope()
    {
        await _client!.PublishEventAsync("pubsub", "orders", new Order(1), new Dictionary<string, string> { ["cloudevent.type"] = "placed" }, Token);
        var received = await _app!.NextAsync();
        Assert.Equal("/orders", received.Path);
        Assert.Equal("""{"number":1}""", EventApp.Data(received.Body));
        Assert.Contains("\"type\":\"placed\"", received.Body, StringComparison.Ordinal);
        Assert.Contains("\"source\":\"app\"", received.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_OfBytes_ReachesTheSubscriber()
    {
        await _client!.PublishByteEventAsync("pubsub", "orders", "plain"u8.ToArray(), "text/plain", cancellationToken: Token);
        Assert.Equal("plain", await _app!.NextDataAsync());
    }

    [Fact]
    public async Task BulkPublish_ReachesTheSubscriber()
    {
        var answer = await _client!.BulkPublishEventAsync("pubsub", "orders", [new Order(1), new Order(2), new Order(3)], cancellationToken: Token);
        Assert.Empty(answer.FailedEntries);
        string[] received = [await _app!.NextDataAsync(), await _app.NextDataAsync(), await _app.NextDataAsync()];
        Assert.Equal(["""{"number":1}""", """{"number":2}""", """{"number":3}"""], received.Order());
    }

    [Fact]
    public async Task BulkPublish_FailsEntryByEntry()
    {
        using var channel = Channel();
        var request = new BulkPublishRequest { PubsubName = "pubsub", Topic = "orders" };
        request.Entries.Add(new BulkPublishRequestEntry { EntryId = "bad", Event = Google.Protobuf.ByteString.CopyFromUtf8("[]"), ContentType = "application/cloudevents+json" });
        request.Entries.Add(new BulkPublishRequestEntry { EntryId = "good", Event = Google.Protobuf.ByteString.CopyFromUtf8("good"), ContentType = "text/plain" });
        var answer = await new RawClient(channel).BulkPublishEventAsync(request, cancellationToken: Token);
        Assert.Equal("bad", Assert.Single(answer.FailedEntries).EntryId);
        Assert.Equal("good", await _app!.NextDataAsync());

        request.Entries[0].EntryId = "good";
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new RawClient(channel).BulkPublishEventAsync(request, cancellationToken: Token));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Theory]
    [InlineData("other", "orders", 0, StatusCode.InvalidArgument)]
    [InlineData("pubsub", "secret", 0, StatusCode.PermissionDenied)]
    [InlineData("pubsub", "orders", 1, StatusCode.FailedPrecondition)]
    public async Task Publish_Refused_WithDaprsStatus(string pubSub, string topic, int index, StatusCode status)
    {
        using var client = Create(_definitions[index]);
        var exception = await Assert.ThrowsAsync<DaprException>(() => client.PublishEventAsync(pubSub, topic, new Order(1), Token));
        Assert.Equal(status, Assert.IsType<RpcException>(exception.InnerException).StatusCode);
    }

    [Fact]
    public async Task Metadata_ListsTheSubscriptions()
    {
        using var channel = Channel();
        var metadata = await new RawClient(channel).GetMetadataAsync(new GetMetadataRequest(), cancellationToken: Token);
        var subscription = Assert.Single(metadata.Subscriptions);
        Assert.Equal(("pubsub", "orders", "v", PubsubSubscriptionType.Programmatic), (subscription.PubsubName, subscription.Topic, subscription.Metadata["k"], subscription.Type));
        Assert.Equal("/orders", Assert.Single(subscription.Rules.Rules).Path);
    }

    private static DaprClient Create(AppDefinition app) => new DaprClientBuilder()
        .UseHttpEndpoint($"http://localhost:{app.DaprHttpPort}").UseGrpcEndpoint($"http://localhost:{app.DaprGrpcPort}").Build();

    private GrpcChannel Channel() => GrpcChannel.ForAddress($"http://localhost:{_definitions[0].DaprGrpcPort}");

    private sealed record Order(int Number);
}
