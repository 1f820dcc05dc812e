using System.Text.Json;
using AgentMesh.Sidecar.PubSub;
using AgentMesh.Sidecar.State;
using AgentMesh.Sidecar.Tests.Runtime;

namespace AgentMesh.Sidecar.Tests.PubSub;

public sealed class PublishApiTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteStateStore? _store;
    private PubSubMesh? _mesh;

    public async ValueTask InitializeAsync()
    {
        _store = SqliteStateStore.Open(_folder.Path, new LogList<SqliteStateStore>());
        var settings = new PubSubSettings("pubsub") { ConsumerId = "app", Scopes = new TopicScopes([], ["secret"], [], []) };
        _mesh = await PubSubMesh.StartAsync(_store, PubSubMesh.Define("app", TestPorts.Next(), settings), PubSubMesh.Define("none", TestPorts.Next(), settings) with { PubSubs = [] });
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh!.DisposeAsync();
        await _store!.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("/v1.0/publish/other/t", 404, "ERR_PUBSUB_NOT_FOUND", "DAPR_PUBSUB_NOT_FOUND")]
    [InlineData("/v1.0/publish/pubsub", 404, "ERR_TOPIC_NAME_EMPTY", "DAPR_PUBSUB_TOPIC_NAME_EMPTY")]
    [InlineData("/v1.0/publish/pubsub/", 404, "ERR_TOPIC_NAME_EMPTY", "DAPR_PUBSUB_TOPIC_NAME_EMPTY")]
    [InlineData("/v1.0/publish/pubsub/secret", 403, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN")]
    [InlineData("/v1.0/publish/pubsub/t?metadata.rawPayload=maybe", 400, "ERR_PUBSUB_REQUEST_METADATA", "DAPR_PUBSUB_METADATA_DESERIALIZATION")]
    [InlineData("/v1.0/publish/bulk/other/t", 404, "ERR_PUBSUB_NOT_FOUND", "DAPR_PUBSUB_NOT_FOUND")]
    public async Task Refused_InDaprsWords(string path, int status, string code, string reason)
    {
        var (found, body) = await _mesh!.SendAsync(path, path.Contains("bulk", StringComparison.Ordinal) ? "[]" : "1");
        using var document = JsonDocument.Parse(body);
        Assert.Equal((status, code), (found, document.RootElement.GetProperty("errorCode").GetString()));
        var details = document.RootElement.GetProperty("details");
        Assert.Equal((reason, "dapr.io"), (details[0].GetProperty("reason").GetString(), details[0].GetProperty("domain").GetString()));
        Assert.Equal("pubsub", details[1].GetProperty("resource_type").GetString());
    }

    [Fact]
    public async Task WithoutAnyPubSub_ItIsNotConfigured() =>
        Assert.Contains("\"ERR_PUBSUB_NOT_CONFIGURED\",\"message\":\"pubsub pubsub is not configured\"", (await _mesh!.SendAsync("/v1.0/publish/pubsub/t", "1", index: 1)).Body, StringComparison.Ordinal);

    [Fact]
    public async Task CloudEvent_ThatIsNone_IsAnError() =>
        Assert.Contains("ERR_PUBSUB_CLOUD_EVENTS_SER", (await _mesh!.SendAsync("/v1.0/publish/pubsub/t", "[]", CloudEvent.ContentType)).Body, StringComparison.Ordinal);

    [Theory]
    [InlineData("/v1.0/publish/bulk/pubsub/t")]
    [InlineData("/v1.0-alpha1/publish/bulk/pubsub/t")]
    public async Task Bulk_IsPublished(string path) => Assert.Equal((204, ""), await _mesh!.SendAsync(path, """
        [{"entryId":"1","event":{"a":1},"contentType":"application/json"},{"entryId":"2","event":"x","contentType":"text/plain"},{"entryId":"3","event":"YWI=","contentType":"application/octet-stream","metadata":{"k":"v"}}]
        """));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""[{"entryId":"1","event":"x","contentType":"text/plain"},{"entryId":"1","event":"x","contentType":"text/plain"}]""")]
    [InlineData("""[{"event":"x","contentType":"text/plain"}]""")]
    [InlineData("""[{"entryId":"1","event":{},"contentType":"text/plain"}]""")]
    [InlineData("""[{"entryId":"1","event":"?","contentType":"application/octet-stream"}]""")]
    public async Task Bulk_ThatIsWrong_IsRefusedWhole(string body)
    {
        var (status, answer) = await _mesh!.SendAsync("/v1.0/publish/bulk/pubsub/t", body);
        Assert.Equal(400, status);
        Assert.Contains("ERR_PUBSUB_EVENTS_SER", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bulk_FailsEntryByEntry()
    {
        var (status, answer) = await _mesh!.SendAsync("/v1.0/publish/bulk/pubsub/t", """
            [{"entryId":"good","event":1,"contentType":"application/json"},{"entryId":"bad","event":[],"contentType":"application/cloudevents+json"}]
            """);
        Assert.Equal((500, """{"failedEntries":[{"entryId":"bad","error":"cannot create cloudevent"}],"errorCode":"ERR_PUBSUB_PUBLISH_MESSAGE"}"""), (status, answer));
    }
}
