using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Daprd.PubSub;

/// <summary>contrib: pubsub/redis. The consumer group is the app, so its processes share the events; with <c>consumerID: {uuid}</c> each has its own.</summary>
public sealed class Replicas
{
    [Theory]
    [OnEveryTarget]
    public async Task Event_GoesToOneProcess_OrToEveryOne(Target target)
    {
        await using var mesh = await Mesh.StartAsync(target, new MeshOptions { Apps = [AppDefinition.Host], WithReplica = true });
        for (var number = 0; number < 10; number++)
            (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/one-process", $"{number}")).Is(204);
        (await mesh.App.SendAsync("POST", "/v1.0/publish/everywhere/every-process", "1")).Is(204);

        await mesh.App.Raw.Route("/every-process").NextAsync();
        await mesh.Replica.Route("/every-process").NextAsync();
        var (one, other) = (mesh.App.Raw.Route("/one-process"), mesh.Replica.Route("/one-process"));
        (await mesh.App.SendAsync("POST", "/v1.0/publish/pubsub/plain", "\"last\"")).Is(204);
        await Task.WhenAny(mesh.App.Raw.Route("/plain").NextAsync(), mesh.Replica.Route("/plain").NextAsync());
        // One wait for each: a wait that is given up would take an event from the next one.
        Task[] next = [one.NextAsync(), other.NextAsync()];
        for (var received = 0; received < 10; received++)
        {
            var at = Array.IndexOf(next, await Task.WhenAny(next));
            await next[at];
            next[at] = (at == 0 ? one : other).NextAsync();
        }

        Assert.Equal(10, one.Count + other.Count);
    }
}
