using System.Text.Json;
using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.PubSub;

/// <summary>dapr: daprd/pubsub/http, contrib: pubsub/envelope.go. What a publisher sends and what a subscriber gets.</summary>
public sealed class Publish(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Event_ComesInAnEnvelope(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.Peer.SendAsync("POST", "/v1.0/publish/pubsub/plain", """{"n":9007199254740993}""")).Is(204, "");
        var request = await mesh.App.Raw.Route("/plain").NextAsync();
        Assert.Equal("POST", request.Method);
        Assert.Equal("application/cloudevents+json", request.Header("Content-Type"));
        Assert.Equal(SidecarPlan.AppToken, request.Header("dapr-api-token"));
        var json = request.Json();
        Assert.True(Guid.TryParse(json.GetProperty("id").GetString(), out _));
        Assert.Equal(["1.0", "application/json", "peer", "com.dapr.event.sent", "plain", "pubsub"], Texts(json, "specversion", "datacontenttype", "source", "type", "topic", "pubsubname"));
        Assert.Equal(json.GetProperty("traceid").GetString(), json.GetProperty("traceparent").GetString());
        Assert.True(json.TryGetProperty("tracestate", out _));
        Assert.InRange(json.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        // Numbers are kept as they were written, here unlike in actor state.
        Assert.Equal("""{"n":9007199254740993}""", json.GetProperty("data").GetRawText());
    }

    [Theory]
    [OnEveryTarget]
    public async Task Metadata_OverridesTheEnvelope(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        const string Query = "metadata.cloudevent.id=own-id&metadata.cloudevent.source=own-source&metadata.cloudevent.type=own-type&metadata.cloudevent.subject=own-subject"
            + "&metadata.cloudevent.traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01&metadata.cloudevent.tracestate=a%3Db&metadata.ttlInSeconds=600";
        (await mesh.App.SendAsync("PUT", $"/v1.0/publish/pubsub/overridden?{Query}", "1")).Is(204);
        var json = (await mesh.App.Raw.Route("/overridden").NextAsync()).Json();
        Assert.Equal(["own-id", "own-source", "own-type", "own-subject", "a=b"], Texts(json, "id", "source", "type", "subject", "tracestate"));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", json.GetProperty("traceparent").GetString());
        Assert.InRange(json.GetProperty("expiration").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(5), DateTimeOffset.UtcNow.AddMinutes(11));
    }

    [Theory]
    [OnEveryTarget("application/json", """{"a":1}""", "data", """{"a":1}""")]
    [OnEveryTarget("application/json", "not json", "data", "\"not json\"")]
    [OnEveryTarget("text/plain", "words", "data", "\"words\"")]
    [OnEveryTarget("application/xml", "<a/>", "data", "\"<a/>\"")]
    [OnEveryTarget("application/octet-stream", "bytes", "data_base64", "\"Ynl0ZXM=\"")]
    public async Task Data_IsEmbeddedByItsType(Target target, string contentType, string body, string member, string value)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/content", body, contentType)).Is(204);
        var json = (await mesh.App.Raw.Route("/content").NextAsync()).Json();
        Assert.Equal(JsonDocument.Parse(value).RootElement.ToString(), json.GetProperty(member).ToString());
        Assert.Equal(contentType, json.GetProperty("datacontenttype").GetString()!.Split(';')[0]);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Envelope_ThatIsReadyMade_IsKept_AndFilledUp(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync(
            "POST", "/v1.0/publish/pubsub/ready-made",
            """{"specversion":"1.0","id":"mine","source":"me","type":"t","topic":"a lie","own":"kept","datacontenttype":"application/json","data":{"a":1}}""",
            "application/cloudevents+json")).Is(204);
        var json = (await mesh.App.Raw.Route("/ready-made").NextAsync()).Json();
        Assert.Equal(["mine", "me", "t", "ready-made", "pubsub", "kept"], Texts(json, "id", "source", "type", "topic", "pubsubname", "own"));
        Assert.True(json.TryGetProperty("time", out _));
        Assert.Equal(1, json.GetProperty("data").GetProperty("a").GetInt32());
    }

    [Theory]
    [OnEveryTarget("/v1.0/publish/bulk/pubsub/many")]
    [OnEveryTarget("/v1.0-alpha1/publish/bulk/pubsub/many")]
    public async Task Bulk_PublishesEachEntry(Target target, string path)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", path, """
            [ {"entryId":"1","event":"first","contentType":"text/plain"},
              {"entryId":"2","event":{"a":1},"contentType":"application/json","metadata":{"cloudevent.type":"second"} } ]
            """)).Is(204, "");
        var route = mesh.App.Raw.Route("/many");
        var events = new[] { (await route.NextAsync()).Json(), (await route.NextAsync()).Json() };
        Assert.Contains(events, item => item.GetProperty("data").ToString() == "first");
        Assert.Contains(events, item => item.GetProperty("type").GetString() == "second" && item.GetProperty("data").GetProperty("a").GetInt32() == 1);
    }

    [Theory]
    [OnEveryTarget("""[{"entryId":"1","event":"a","contentType":"text/plain"},{"entryId":"1","event":"b","contentType":"text/plain"}]""")]
    [OnEveryTarget("""[{"event":"a","contentType":"text/plain"}]""")]
    [OnEveryTarget("{")]
    public async Task Bulk_ThatIsWrong_Is400(Target target, string body)
    {
        var answer = await (await meshes.SharedAsync(target)).App.SendAsync("POST", "/v1.0/publish/bulk/pubsub/never", body);
        answer.IsError(400, "ERR_PUBSUB_EVENTS_SER");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Raw_IsStoredAsItIs(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/stored-raw?metadata.rawPayload=true", """{"id":"x","own":1}""")).Is(204);
        var json = (await mesh.App.Raw.Route("/stored-raw").NextAsync()).Json();
        Assert.Equal(1, json.GetProperty("own").GetInt32());
        Assert.False(json.TryGetProperty("specversion", out _));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Raw_Subscriber_GetsTheBytesWrapped(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/read-raw?metadata.rawPayload=true", "just bytes", "text/plain")).Is(204);
        var json = (await mesh.App.Raw.Route("/read-raw").NextAsync()).Json();
        Assert.Equal("just bytes", System.Text.Encoding.UTF8.GetString(json.GetProperty("data_base64").GetBytesFromBase64()));
        Assert.Equal("application/octet-stream", json.GetProperty("datacontenttype").GetString());
    }

    [Theory]
    [OnEveryTarget("nobodys/topic", 404, "ERR_PUBSUB_NOT_FOUND")]
    [OnEveryTarget("pubsub/", 404, "ERR_TOPIC_NAME_EMPTY")]
    [OnEveryTarget("pubsub/topic?metadata.rawPayload=perhaps", 400, "ERR_PUBSUB_REQUEST_METADATA")]
    // The app's publishing scope names `open` alone.
    [OnEveryTarget("scoped/nobodys", 403, "ERR_PUBSUB_FORBIDDEN")]
    [OnEveryTarget("scoped/guarded", 403, "ERR_PUBSUB_FORBIDDEN")]
    [OnEveryTarget("scoped/not-allowed", 403, "ERR_PUBSUB_FORBIDDEN")]
    public async Task Publish_IsRefused(Target target, string path, int status, string code) =>
        (await (await meshes.SharedAsync(target)).App.SendAsync("POST", $"/v1.0/publish/{path}", "1")).IsError(status, code);

    private static string[] Texts(JsonElement json, params string[] names) => [.. names.Select(name => json.GetProperty(name).GetString()!)];
}
