using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.PubSub;

/// <summary>Dapr.AspNetCore as the subscriber: its subscription document, its unwrapping of envelopes.</summary>
public sealed class OfTheSdk(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task UseCloudEvents_GetsTheDataOfThePublisher_ByRule(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/orders", """{"number":1}""")).Is(204);
        Assert.Equal("order 1", await mesh.Sdk.NextEventAsync());
        (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/orders?metadata.cloudevent.type=urgent", """{"number":2}""")).Is(204);
        Assert.Equal("urgent 2", await mesh.Sdk.NextEventAsync());
    }
}
