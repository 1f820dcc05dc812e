using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd.Caps;

/// <summary>
/// A mesh with what money goes to: a shop and a model, which nothing kills. Replies of the model are all of one length, and cost some $10.
/// </summary>
internal sealed class CapMesh : IAsyncDisposable
{
    /// <summary>USD micro-units for a token that is read, and for one that is written.</summary>
    private const long InputPrice = 1_000;

    private const long OutputPrice = 200_000;

    /// <summary>Half a second each.</summary>
    private const string Model = "10ms-48tokens";

    private readonly TestStore _store;
    private readonly FakeModelServer _model;
    private readonly string[] _options;
    private readonly string? _redis;
    private TaskCompletionSource<Mesh> _mesh = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CapMesh(TestStore store, FakeModelServer model, CapShop shop, string? redis, string[] options) =>
        (_store, _model, Shop, _redis, _options) = (store, model, shop, redis, options);

    public CapShop Shop { get; }

    public TestStore Store => _store;

    /// <summary>What the model's provider would have on its bill, USD micro-units.</summary>
    public long ModelBill => _model.TokensRead * InputPrice + _model.TokensWritten * OutputPrice;

    /// <summary>The mesh, when it is up.</summary>
    public Task<Mesh> RunningAsync => _mesh.Task;

    /// <param name="store">Where its state is.</param>
    /// <param name="redis">Where Redis is reached; null: where it is.</param>
    /// <param name="options">Of the launcher, beside those that all have.</param>
    public static async Task<CapMesh> StartAsync(TestStore store, string? redis, params string[] options)
    {
        var mesh = new CapMesh(store, await FakeModelServer.StartAsync(), await CapShop.StartAsync(), redis ?? store.Redis, options);
        await mesh.StartAsync();
        return mesh;
    }

    /// <summary>Waits until both have been asked for something that costs, so often.</summary>
    public async Task WaitForSpendingAsync(int times, CancellationToken cancellationToken)
    {
        await Shop.WaitForSignedAsync(times, cancellationToken);
        for (var n = _model.Count; n < times; n = _model.Count)
            await _model.Requests.ReadAsync(cancellationToken);
    }

    /// <summary>Ends it, by a signal or with SIGKILL, and starts it again on the same store.</summary>
    public async Task RestartAsync(bool isKill)
    {
        var mesh = await _mesh.Task;
        Shop.Facilitator!.Dispose();
        Shop.Facilitator = null;
        _mesh = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isKill)
            await mesh.KillSidecarAsync();
        else
            await mesh.StopAsync();
        await StartAsync();
        await mesh.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Shop.Facilitator?.Dispose();
        if (_mesh.Task.IsCompletedSuccessfully)
            await (await _mesh.Task).DisposeAsync();
        await Shop.DisposeAsync();
        await _model.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var mesh = await Mesh.StartAsync(
            _store.Data, _redis, "ready.json",
            [
                .. MeshOptions.Model(_model.OpenAIEndpoint, Model),
                .. MeshOptions.Price(Model, InputPrice, OutputPrice),
                .. MeshOptions.Set("AgentMesh__Wallets__StartingUsdc=1000"),
                .. MeshOptions.Set($"AgentMesh__Facilitator__FaucetMaxAmountAtomic={Spender.Gift}"),
                .. MeshOptions.Set("AgentMesh__Policy__AllowAtMost=50"),
                .. MeshOptions.Set($"AgentMesh__Outgoing__Allow={Shop.Place}"),
                .. _options,
            ]);
        Shop.Facilitator = new FacilitatorClient(mesh);
        _mesh.SetResult(mesh);
    }
}
