using AgentMesh.X402.Networks;

namespace AgentMesh.EndToEnd.Caps;

/// <summary>Spends up to a cap of 150 USDC and one of $150 of model cost, is disturbed meanwhile, tries to spend on, and looks at what everybody has.</summary>
internal static class CapRuns
{
    /// <summary>What waits for what does not come is told so by the test's token.</summary>
    public const int TimeoutMs = 120_000;

    /// <summary>Atomic units of USDC, and micro-USD.</summary>
    private const long Cap = 150_000_000;

    /// <summary>The longest reply's hold: less than this, and nothing is asked of the model any more.</summary>
    private const long LongestReply = 14_000_000;

    /// <summary>Of some twelve that the cap pays for.</summary>
    private const int SpendingBefore = 3;

    public static readonly string[] TwoAgents = ["--replicas", "agents=2,gateway=3"];

    public static async Task RunAsync(StoreKind kind, Func<CapMesh, Task> disturbAsync, int copies = 1)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await RunAsync(store, store.Redis, disturbAsync, copies);
    }

    public static async Task RunAsync(TestStore store, string? redis, Func<CapMesh, Task> disturbAsync, int copies = 1)
    {
        await using var mesh = await CapMesh.StartAsync(store, redis, TwoAgents);
        using var alice = new Spender(mesh, "alice", copies: copies);
        await alice.SetAsync("/agent/alice/budget", Spender.Limits(Cap));
        await alice.FundAsync();
        await SpendAsync(mesh, [alice], disturbAsync);

        var bill = mesh.ModelBill;
        var spending = await alice.ReadAsync();
        Report(spending, bill);
        Assert.InRange(bill, 1, spending.Usd);
        Assert.InRange(spending.Usd, Cap - LongestReply, Cap);
        Assert.All(spending.Payments, payment => Assert.Equal(KnownAssets.UsdcOnBaseSepolia.Address.ToString(), payment.Asset));
        Assert.InRange(spending.UsdcPaid, CapShop.Price, spending.UsdcSigned);
        Assert.InRange(spending.UsdcSigned, CapShop.Price, spending.UsdcCounted);
        Assert.InRange(spending.UsdcCounted, Cap - CapShop.Price + 1, Cap);
    }

    public static async Task RunTenantAsync(int users, string[] options, Func<CapMesh, Task> disturbAsync)
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var mesh = await CapMesh.StartAsync(store, null, [.. options, .. Spender.OwnLimits]);
        var spenders = Enumerable.Range(0, users).Select(n => new Spender(mesh, $"user-{n}", clients: 1)).ToList();
        await spenders[0].SetAsync("/admin/tenants/default/budget", Spender.TenantLimits(Cap));
        await Task.WhenAll(spenders.Select(spender => spender.FundAsync()));
        await SpendAsync(mesh, spenders, disturbAsync);

        var bill = mesh.ModelBill;
        var spending = await Task.WhenAll(spenders.Select(spender => spender.ReadAsync()));
        var tenant = (await spenders[0].InsistAsync(HttpMethod.Get, "/admin/tenants/default")).Body.GetProperty("limits");
        var together = new Spender.Spending(
            spending.Sum(one => one.Usd), spending.Sum(one => one.UsdcCounted), spending.Sum(one => one.UsdcSigned), spending.Sum(one => one.UsdcPaid), []);
        Report(together, bill);
        // A lease that nobody has heard of for some seconds is spent or not: the tenant counts it, its agents may not have had it.
        var (usd, usdc) = (Spender.UsedOf(tenant, "USD"), Spender.UsedOf(tenant, Spender.Usdc));
        Assert.InRange(bill, 1, together.Usd);
        Assert.InRange(together.Usd, 1, usd);
        Assert.InRange(usd, Cap / 2, Cap);
        Assert.InRange(together.UsdcPaid, CapShop.Price, together.UsdcSigned);
        Assert.InRange(together.UsdcSigned, CapShop.Price, together.UsdcCounted);
        Assert.InRange(together.UsdcCounted, CapShop.Price, usdc);
        Assert.InRange(usdc, Cap / 2, Cap);
        spenders.ForEach(spender => spender.Dispose());
    }

    /// <summary>Spends to the end, disturbed once there is something to be disturbed, and tries to spend on.</summary>
    private static async Task SpendAsync(CapMesh mesh, IReadOnlyList<Spender> spenders, Func<CapMesh, Task> disturbAsync)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var spending = Task.WhenAll(spenders.Select(spender => spender.SpendAsync("before")));
        await await Task.WhenAny(spending, mesh.WaitForSpendingAsync(SpendingBefore, cancellationToken));
        Assert.False(spending.IsCompleted);
        await disturbAsync(mesh).WaitAsync(cancellationToken);
        await spending.WaitAsync(cancellationToken);
        await Task.WhenAll(spenders.Select(spender => spender.SpendAsync("after"))).WaitAsync(cancellationToken);
    }

    private static void Report(Spender.Spending spending, long bill) => TestContext.Current.TestOutputHelper!.WriteLine(
        $"Of {Cap}: USD {bill} billed, {spending.Usd} counted; USDC {spending.UsdcPaid} paid, {spending.UsdcSigned} signed, {spending.UsdcCounted} counted.");
}
