using AgentMesh.Conformance.Targets;
using Dapr;
using Dapr.Client;
using Grpc.Core;

namespace AgentMesh.Conformance.Daprd.Grpc;

/// <summary>The rest of what the SDK's client asks a sidecar for.</summary>
public sealed class Client(Meshes meshes)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [OnEveryTarget]
    public async Task Health_IsGood(Target target)
    {
        var client = (await meshes.SharedAsync(target)).App.Dapr;
        Assert.True(await client.CheckHealthAsync(Token));
        Assert.True(await client.CheckOutboundHealthAsync(Token));
        await client.WaitForSidecarAsync(Token);
    }

    [Theory]
    [OnEveryTarget]
    public async Task Metadata_NamesTheApp_AndKeepsEntries(Target target)
    {
        var client = (await meshes.SharedAsync(target)).App.Dapr;
        await client.SetMetadataAsync("over-grpc", "kept", Token);
        var metadata = await client.GetMetadataAsync(Token);
        Assert.Equal("app", metadata.Id);
        Assert.Equal("kept", metadata.Extended["over-grpc"]);
        Assert.Contains(metadata.Components, component => component.Name == "statestore" && component.Type == "state.redis");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Secrets_AreRead(Target target)
    {
        var client = (await meshes.SharedAsync(target)).App.Dapr;
        Assert.Equal("of-the-file", (await client.GetSecretAsync("files", "plain", cancellationToken: Token))["plain"]);
        Assert.Equal(["nested:inner", "plain"], (await client.GetBulkSecretAsync("files", cancellationToken: Token)).Keys.Order(StringComparer.Ordinal));
        await RefusedAsync(StatusCode.PermissionDenied, () => client.GetSecretAsync("files", "denied", cancellationToken: Token));
        await RefusedAsync(StatusCode.InvalidArgument, () => client.GetSecretAsync("nobodys", "plain", cancellationToken: Token));
        await RefusedAsync(StatusCode.Internal, () => client.GetSecretAsync("files", "missing", cancellationToken: Token));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Events_AreDelivered(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        await app.Dapr.PublishEventAsync("pubsub", "sdk", new { n = 1 }, Token);
        var published = (await app.Raw.Route("/sdk").NextAsync()).Json();
        Assert.Equal(1, published.GetProperty("data").GetProperty("n").GetInt32());
        Assert.Equal("application/json", published.GetProperty("datacontenttype").GetString());

        var bulk = await app.Dapr.BulkPublishEventAsync("pubsub", "sdk", new[] { "a", "b" }, cancellationToken: Token);
        Assert.Empty(bulk.FailedEntries);
        var data = new[] { await NextAsync(), await NextAsync() };
        Assert.Equal(["a", "b"], data.Order(StringComparer.Ordinal));

        async Task<string?> NextAsync() => (await app.Raw.Route("/sdk").NextAsync()).Json().GetProperty("data").GetString();
    }

    [Theory]
    [OnEveryTarget]
    public async Task Publish_IsRefused(Target target)
    {
        var client = (await meshes.SharedAsync(target)).App.Dapr;
        await RefusedAsync(StatusCode.InvalidArgument, () => client.PublishEventAsync("nobodys", "t", 1, Token));
        await RefusedAsync(StatusCode.PermissionDenied, () => client.PublishEventAsync("scoped", "guarded", 1, Token));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Invocation_OfTheClient_ReachesTheApp(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        mesh.Peer.Raw.Route("/client").Returns(200, """{"n":7}""", "application/json");
        using var client = mesh.App.Dapr.CreateInvokableHttpClient("peer");
        Assert.Equal("""{"n":7}""", await client.GetStringAsync(new Uri("/client", UriKind.Relative), Token));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Call_WithoutTheToken_IsUnauthenticated(Target target)
    {
        var app = (await meshes.SharedAsync(target)).App;
        foreach (var token in (string?[])[null, "wrong"])
        {
            var builder = new DaprClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{app.Plan.GrpcPort}");
            using var client = (token is null ? builder : builder.UseDaprApiToken(token)).Build();
            await RefusedAsync(StatusCode.Unauthenticated, () => client.GetMetadataAsync(Token));
        }
    }

    [Theory]
    [OnEveryTarget]
    public async Task BuildingBlock_ThatIsNotUsedHere(Target target)
    {
        var status = new Expected<StatusCode>(StatusCode.FailedPrecondition, StatusCode.Unimplemented, "configuration stores, bindings, locks and cryptography are not served");
        var client = (await meshes.SharedAsync(target)).App.Dapr;
        await RefusedAsync(status.Of(target), () => client.GetConfiguration("store", ["key"], cancellationToken: Token));
    }

    private static async Task RefusedAsync(StatusCode status, Func<Task> call)
    {
        var thrown = await Assert.ThrowsAsync<DaprException>(call);
        Assert.Equal(status, Assert.IsType<RpcException>(thrown.InnerException).StatusCode);
    }
}
