using AgentMesh.Conformance.Targets;
using Dapr.Client;

namespace AgentMesh.Conformance.Daprd.Grpc;

/// <summary>dapr: daprd/state/grpc. The SDK's client for state; it speaks gRPC.</summary>
public sealed class State(Meshes meshes)
{
    private const string Store = "statestore";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [OnEveryTarget]
    public async Task Value_ComesBack_AndIsDeleted(Target target)
    {
        var (client, key) = await ClientAsync(target);
        Assert.Null(await client.GetStateAsync<Item>(Store, key, cancellationToken: Token));
        await client.SaveStateAsync(Store, key, new Item("a", 0.1234567891m), cancellationToken: Token);
        // Over gRPC values are bytes: nothing is rounded.
        Assert.Equal(new Item("a", 0.1234567891m), await client.GetStateAsync<Item>(Store, key, cancellationToken: Token));
        await client.DeleteStateAsync(Store, key, cancellationToken: Token);
        Assert.Null(await client.GetStateAsync<Item>(Store, key, cancellationToken: Token));
    }

    [Theory]
    [OnEveryTarget]
    public async Task ETag_ThatIsOld_SavesAndDeletesNothing(Target target)
    {
        var (client, key) = await ClientAsync(target);
        await client.SaveStateAsync(Store, key, 1, cancellationToken: Token);
        var (value, etag) = await client.GetStateAndETagAsync<int>(Store, key, cancellationToken: Token);
        Assert.Equal(1, value);
        Assert.True(await client.TrySaveStateAsync(Store, key, 2, etag, cancellationToken: Token));
        Assert.False(await client.TrySaveStateAsync(Store, key, 3, etag, cancellationToken: Token));
        Assert.False(await client.TryDeleteStateAsync(Store, key, etag, cancellationToken: Token));
        Assert.Equal(2, await client.GetStateAsync<int>(Store, key, cancellationToken: Token));
        (_, etag) = await client.GetStateAndETagAsync<int>(Store, key, cancellationToken: Token);
        Assert.True(await client.TryDeleteStateAsync(Store, key, etag, cancellationToken: Token));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Transaction_DoesAllItSays(Target target)
    {
        var (client, key) = await ClientAsync(target);
        await client.SaveStateAsync(Store, key + "old", 1, cancellationToken: Token);
        await client.ExecuteStateTransactionAsync(
            Store, [new(key + "new", "2"u8.ToArray(), StateOperationType.Upsert), new(key + "old", null!, StateOperationType.Delete)], cancellationToken: Token);
        Assert.Equal(2, await client.GetStateAsync<int>(Store, key + "new", cancellationToken: Token));
        Assert.Equal(0, await client.GetStateAsync<int>(Store, key + "old", cancellationToken: Token));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Bulk_ReadsAndDeletesMany(Target target)
    {
        var (client, key) = await ClientAsync(target);
        foreach (var number in (int[])[1, 2])
            await client.SaveStateAsync(Store, $"{key}{number}", number, cancellationToken: Token);
        var items = await client.GetBulkStateAsync<int>(Store, [key + "1", key + "2"], null, cancellationToken: Token);
        Assert.Equal([1, 2], items.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Value));
        await client.DeleteBulkStateAsync(Store, [.. items.Select(item => new BulkDeleteStateItem(item.Key, item.ETag))], Token);
        Assert.Equal(0, await client.GetStateAsync<int>(Store, key + "1", cancellationToken: Token));
    }

    [Theory]
    [OnEveryTarget]
    public async Task StoreThatIsNotThere_IsInvalid(Target target)
    {
        var (client, key) = await ClientAsync(target);
        var thrown = await Assert.ThrowsAsync<global::Dapr.DaprException>(() => client.GetStateAsync<int>("nobodys", key, cancellationToken: Token));
        Assert.Equal(global::Grpc.Core.StatusCode.InvalidArgument, Assert.IsType<global::Grpc.Core.RpcException>(thrown.InnerException).StatusCode);
    }

    private async Task<(DaprClient Client, string Key)> ClientAsync(Target target) => ((await meshes.SharedAsync(target)).App.Dapr, $"k{Guid.NewGuid():N}");

    private sealed record Item(string Name, decimal Amount);
}
