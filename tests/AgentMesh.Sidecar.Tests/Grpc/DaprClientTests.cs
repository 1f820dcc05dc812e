using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.Secrets;
using AgentMesh.Sidecar.Tests.Runtime;
using AgentMesh.Sidecar.Tests.StateApi;
using Dapr;
using Dapr.Client;
using Dapr.Common.Exceptions;
using Grpc.Core;

namespace AgentMesh.Sidecar.Tests.Grpc;

/// <summary>The unmodified Dapr.Client against the running sidecar, over gRPC.</summary>
public sealed class DaprClientTests
{
    private const string Store = "statestore";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task State_SaveGetDelete(StoreKind kind)
    {
        await using var mesh = await Mesh.StartAsync(kind);
        Assert.Null(await mesh.Client.GetStateAsync<Order?>(Store, "k", cancellationToken: Token));
        var (none, empty) = await mesh.Client.GetStateAndETagAsync<Order?>(Store, "k", cancellationToken: Token);
        Assert.Equal((null, ""), (none, empty));

        await mesh.Client.SaveStateAsync(Store, "k", new Order("o", 0.1234567891), cancellationToken: Token);
        var (order, etag) = await mesh.Client.GetStateAndETagAsync<Order>(Store, "k", cancellationToken: Token);
        Assert.Equal(new Order("o", 0.1234567891), order);
        Assert.Equal("1", etag);

        await mesh.Client.DeleteStateAsync(Store, "k", cancellationToken: Token);
        await mesh.Client.DeleteStateAsync(Store, "k", cancellationToken: Token);
        Assert.Null(await mesh.Client.GetStateAsync<Order?>(Store, "k", cancellationToken: Token));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task State_ETags_LetOneWriterWin(StoreKind kind)
    {
        await using var mesh = await Mesh.StartAsync(kind);
        await mesh.Client.SaveStateAsync(Store, "k", 1, cancellationToken: Token);
        var (_, etag) = await mesh.Client.GetStateAndETagAsync<int>(Store, "k", cancellationToken: Token);
        Assert.True(await mesh.Client.TrySaveStateAsync(Store, "k", 2, etag, cancellationToken: Token));
        Assert.False(await mesh.Client.TrySaveStateAsync(Store, "k", 3, etag, cancellationToken: Token));
        Assert.False(await mesh.Client.TryDeleteStateAsync(Store, "k", etag, cancellationToken: Token));
        Assert.Equal(2, await mesh.Client.GetStateAsync<int>(Store, "k", cancellationToken: Token));
        Assert.True(await mesh.Client.TryDeleteStateAsync(Store, "k", "2", cancellationToken: Token));
        Assert.True(await mesh.Client.TrySaveStateAsync(Store, "k", 9, "7", cancellationToken: Token)); // a key that is not there takes any
        await ThrowsAsync(StatusCode.InvalidArgument, () => mesh.Client.TrySaveStateAsync(Store, "k", 3, "no number", cancellationToken: Token));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task State_FirstWrite_NeedsTheETagFromThenOn(StoreKind kind)
    {
        await using var mesh = await Mesh.StartAsync(kind);
        var first = new StateOptions { Concurrency = ConcurrencyMode.FirstWrite };
        await mesh.Client.SaveStateAsync(Store, "k", 1, first, cancellationToken: Token);
        await ThrowsAsync(StatusCode.Internal, () => mesh.Client.SaveStateAsync(Store, "k", 2, cancellationToken: Token));
        Assert.False(await mesh.Client.TrySaveStateAsync(Store, "k", 2, "5", first, cancellationToken: Token));
        Assert.True(await mesh.Client.TrySaveStateAsync(Store, "k", 2, "1", first, cancellationToken: Token));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task State_Bulk(StoreKind kind)
    {
        await using var mesh = await Mesh.StartAsync(kind, token: null); // SaveBulkStateAsync sends no token
        await mesh.Client.SaveBulkStateAsync(Store, [new SaveStateItem<int>("a", 1, ""), new SaveStateItem<int>("b", 2, "")], Token);
        var items = await mesh.Client.GetBulkStateAsync<int?>(Store, ["a", "none", "b"], parallelism: null, cancellationToken: Token);
        Assert.Equal([("a", 1, "1"), ("none", null, ""), ("b", (int?)2, "1")], items.Select(item => (item.Key, item.Value, item.ETag)));
        await mesh.Client.DeleteBulkStateAsync(Store, [new BulkDeleteStateItem("a", "1"), new BulkDeleteStateItem("none", "")], Token);
        Assert.Null(await mesh.Client.GetStateAsync<int?>(Store, "a", cancellationToken: Token));
        await ThrowsAsync(StatusCode.Aborted, () => mesh.Client.DeleteBulkStateAsync(Store, [new BulkDeleteStateItem("b", "9")], Token));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task State_Transaction_IsAllOrNothing(StoreKind kind)
    {
        await using var mesh = await Mesh.StartAsync(kind);
        await mesh.Client.SaveStateAsync(Store, "gone", 1, cancellationToken: Token);
        await mesh.Client.ExecuteStateTransactionAsync(
            Store, [new StateTransactionRequest("a", "1"u8.ToArray(), StateOperationType.Upsert), new StateTransactionRequest("gone", null, StateOperationType.Delete)], cancellationToken: Token);
        Assert.Equal(1, await mesh.Client.GetStateAsync<int?>(Store, "a", cancellationToken: Token));
        Assert.Null(await mesh.Client.GetStateAsync<int?>(Store, "gone", cancellationToken: Token));

        await ThrowsAsync(StatusCode.Aborted, () => mesh.Client.ExecuteStateTransactionAsync(
            Store,
            [new StateTransactionRequest("a", "2"u8.ToArray(), StateOperationType.Upsert), new StateTransactionRequest("a", "3"u8.ToArray(), StateOperationType.Upsert, "7")],
            cancellationToken: Token));
        Assert.Equal(1, await mesh.Client.GetStateAsync<int?>(Store, "a", cancellationToken: Token));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Redis)]
    public async Task State_BytesAreStoredVerbatim_UnderTheAppsPrefix(StoreKind kind)
    {
        await using var mesh = await Mesh.StartAsync(kind);
        byte[] value = [0, 255, 10, 13];
        await mesh.Client.SaveByteStateAsync(Store, "k", value, cancellationToken: Token);
        Assert.Equal(value, (await mesh.Client.GetByteStateAsync(Store, "k", cancellationToken: Token)).ToArray());
        Assert.Equal(value, (await mesh.Store.GetAsync("app||k", Token))!.Value.Value);
    }

    [Fact]
    public async Task State_Refusals()
    {
        await using var mesh = await Mesh.StartAsync(StoreKind.Sqlite);
        var unknown = await Assert.ThrowsAnyAsync<DaprException>(() => mesh.Client.GetStateAsync<int>("other", "k", cancellationToken: Token));
        Assert.True(unknown.TryGetExtendedErrorInfo(out var details));
        Assert.Equal((StatusCode.InvalidArgument, 2), ((StatusCode)details.Code, details.Details.Length));
        await ThrowsAsync(StatusCode.InvalidArgument, () => mesh.Client.GetStateAsync<int>(Store, "a||b", cancellationToken: Token));
        await ThrowsAsync(StatusCode.InvalidArgument, () => mesh.Client.SaveStateAsync(Store, "a||b", 1, cancellationToken: Token));
        await using var bare = await Mesh.StartAsync(StoreKind.Sqlite, configure: app => app with { StateStores = new Dictionary<string, string>() });
        await ThrowsAsync(StatusCode.FailedPrecondition, () => bare.Client.GetStateAsync<int>(Store, "k", cancellationToken: Token));
    }

    [Fact]
    public async Task Secrets_OneAndAll()
    {
        await using var mesh = await Mesh.StartAsync(StoreKind.Sqlite);
        Assert.Equal("v", (await mesh.Client.GetSecretAsync("file", "open", cancellationToken: Token))["open"]);
        var all = await mesh.Client.GetBulkSecretAsync("file", cancellationToken: Token);
        Assert.Equal("open", Assert.Single(all.Keys));
        await ThrowsAsync(StatusCode.PermissionDenied, () => mesh.Client.GetSecretAsync("file", "closed", cancellationToken: Token));
        await ThrowsAsync(StatusCode.Internal, () => mesh.Client.GetSecretAsync("file", "missing", cancellationToken: Token));
        await ThrowsAsync(StatusCode.InvalidArgument, () => mesh.Client.GetSecretAsync("other", "open", cancellationToken: Token));
        await using var bare = await Mesh.StartAsync(StoreKind.Sqlite, configure: app => app with { Secrets = SecretAccess.None });
        await ThrowsAsync(StatusCode.FailedPrecondition, () => bare.Client.GetSecretAsync("file", "open", cancellationToken: Token));
    }

    [Fact]
    public async Task Metadata_IsReadAndSet()
    {
        await using var mesh = await Mesh.StartAsync(StoreKind.Sqlite);
        await mesh.Client.SetMetadataAsync("own", "value", Token);
        var metadata = await mesh.Client.GetMetadataAsync(Token);
        Assert.Equal("app", metadata.Id);
        Assert.Equal("value", metadata.Extended["own"]);
        var component = Assert.Single(metadata.Components);
        Assert.Equal((Store, "state.redis"), (component.Name, component.Type));
        Assert.Contains("ETAG", component.Capabilities);
    }

    [Fact]
    public async Task Shutdown_IsAnswered_AndThenAsked()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var mesh = await Mesh.StartAsync(StoreKind.Sqlite, options: options => options with { ShutdownRequested = asked.SetResult });
        await mesh.Client.ShutdownSidecarAsync(Token);
        await asked.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task Token_IsDemandedOfEveryMethod_ThoseNotServedToo()
    {
        await using var mesh = await Mesh.StartAsync(StoreKind.Sqlite);
        using var stranger = mesh.CreateClient("wrong");
        await ThrowsAsync(StatusCode.Unauthenticated, () => stranger.GetStateAsync<int>(Store, "k", cancellationToken: Token));
        await ThrowsAsync(StatusCode.Unauthenticated, () => stranger.GetMetadataAsync(Token));
        await ThrowsAsync(StatusCode.Unauthenticated, () => stranger.GetSecretAsync("file", "open", cancellationToken: Token));
        await ThrowsAsync(StatusCode.Unauthenticated, () => stranger.InvokeBindingAsync("b", "create", 1, cancellationToken: Token));
        await ThrowsAsync(StatusCode.Unauthenticated, () => mesh.Client.SaveBulkStateAsync(Store, [new SaveStateItem<int>("a", 1, "")], Token));
        var refused = await Assert.ThrowsAnyAsync<DaprException>(() => stranger.GetMetadataAsync(Token));
        Assert.NotNull(Assert.IsType<RpcException>(refused.InnerException).Trailers.GetValueBytes("grpc-status-details-bin"));
    }

    [Fact]
    public async Task MethodsNotServed_AreUnimplemented()
    {
        await using var mesh = await Mesh.StartAsync(StoreKind.Sqlite);
        await ThrowsAsync(StatusCode.Unimplemented, () => mesh.Client.InvokeBindingAsync("b", "create", 1, cancellationToken: Token));
        await ThrowsAsync(StatusCode.Unimplemented, () => mesh.Client.GetConfiguration("c", [], cancellationToken: Token));
    }

    private static async Task ThrowsAsync(StatusCode code, Func<Task> call)
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(call);
        var status = exception as RpcException ?? Assert.IsType<RpcException>(exception.InnerException);
        Assert.Equal(code, status.StatusCode);
    }

    private sealed record Order(string Id, double Amount);

    private sealed class Mesh(RealStore store, SidecarHarness sidecar, string? token) : IAsyncDisposable
    {
        private readonly Lazy<DaprClient> _client = new(() => Create(sidecar.Apps[0], token));

        public DaprClient Client => _client.Value;

        public AgentMesh.Sidecar.State.IStateStore Store => store.Store;

        public static async Task<Mesh> StartAsync(
            StoreKind kind, string? token = "token", Func<AppDefinition, AppDefinition>? configure = null, Func<SidecarOptions, SidecarOptions>? options = null)
        {
            var store = await RealStore.OpenAsync(kind);
            var app = SidecarHarness.Define("app", 1) with
            {
                Components = [new ComponentInfo(DaprClientTests.Store, "state.redis", "v1")],
                StateStores = new Dictionary<string, string> { [DaprClientTests.Store] = "app||" },
                Secrets = new SecretAccess(
                    new Dictionary<string, SecretStore> { ["file"] = SecretStore.OfFile("""{"open":"v","closed":"x"}"""u8.ToArray()) },
                    new Dictionary<string, SecretScope> { ["file"] = new() { Denied = ["closed"] } }),
            };
            var sidecar = await SidecarHarness.StartAsync([configure?.Invoke(app) ?? app], daprToken: token, store: store.Store, configure: options);
            return new Mesh(store, sidecar, token);
        }

        public DaprClient CreateClient(string? other) => Create(sidecar.Apps[0], other);

        public async ValueTask DisposeAsync()
        {
            if (_client.IsValueCreated)
                Client.Dispose();
            await sidecar.DisposeAsync();
            await store.DisposeAsync();
        }

        private static DaprClient Create(AppDefinition app, string? token) => new DaprClientBuilder()
            .UseHttpEndpoint($"http://localhost:{app.DaprHttpPort}").UseGrpcEndpoint($"http://localhost:{app.DaprGrpcPort}").UseDaprApiToken(token ?? "").Build();
    }
}
