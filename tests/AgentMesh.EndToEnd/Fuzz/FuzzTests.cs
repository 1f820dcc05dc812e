using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>
/// Whatever is sent, by chance, is answered or refused by the rules; and what is refused has stored nothing. As the issue has it, 100,000 requests:
/// <c>AGENTMESH_FUZZ_REQUESTS=100000 dotnet test --project tests/AgentMesh.EndToEnd -c Release -- --filter-class '*FuzzTests'</c>.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class FuzzTests
{
    private const string OperatorKey = "operators-key-of-a-test-0123456789abcdef";

    // Soft state is written when it is due, and would be taken for what a request has stored.
    private static readonly string[] Settings = [.. MeshOptions.Set("AgentMesh__Flush__IntervalSeconds=86400"), .. MeshOptions.Set("AgentMesh__Actors__IdleTimeoutSeconds=86400")];

    private static int Requests => LongForm.Number("AGENTMESH_FUZZ_REQUESTS", 5_000);

    [Fact]
    public async Task WhateverIsSent_IsAnsweredOrRefused_AndWhatIsRefusedStoresNothing()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        await using var mesh = await Mesh.StartAsync(store.Data, options: Settings);
        var log = new FaultLog(mesh);
        var run = new FuzzRun(mesh, store);
        var bystander = await Bystander.CreateAsync(run);
        var api = OpenApi.Read();
        var (agents, admins, count) = (HttpRequests.Of(api, path => !IsOfAdmins(path)), HttpRequests.Of(api, IsForAdmins), Requests / 100);
        await Task.WhenAll(
        [
            .. run.Start(1, agents, count * 48, 3, (lane, made) => lane.SendAsync(made)),
            .. run.Start(2, admins, count * 6, 1, (lane, made) => lane.SendAsync(made)),
            .. run.Start(7, RestoreRequests.All, count * 3, 1, (lane, made) => lane.SendAsync(made)),
            // Of their time most is waiting.
            .. run.Start(3, SocketRequests.All, count * 10, 6, (lane, made) => lane.SendAsync(made)),
            .. run.Start(4, McpRequests.All, count * 17, 2, (lane, made) => lane.SendAsync(made)),
            // One at a time: what is in the payments app afterwards is of the one that was sent.
            .. run.Start(5, PaymentRequests.All, count * 6, 1, (lane, made) => lane.SendAsync(made)),
        ]);
        await LookAsync(run, bystander, log);
    }

    /// <summary>With API keys, good and bad, the pace of unknown callers, and agents that have taken all the messages that they take.</summary>
    [Fact]
    public async Task WhoeverSendsIt_WithAnyToken_IsAnsweredOrRefused_AndWhatIsRefusedStoresNothing()
    {
        await using var store = await TestStore.CreateAsync(StoreKind.Embedded);
        string[] options =
        [
            .. Settings, .. MeshOptions.Set("AgentMesh__Auth__Mode=ApiKey"), .. MeshOptions.Set($"AgentMesh__Auth__BootstrapKey={OperatorKey}"),
            .. MeshOptions.Set("AgentMesh__RateLimit__Enabled=true"), .. MeshOptions.Set("AgentMesh__RateLimit__Permits=1"), .. MeshOptions.Set("AgentMesh__RateLimit__WindowSeconds=3600"),
        ];
        await using var mesh = await Mesh.StartAsync(store.Data, options: options);
        var log = new FaultLog(mesh);
        var run = new FuzzRun(mesh, store);
        var key = await MakeKeyAsync(run.Gateway);
        var bystander = await Bystander.CreateAsync(run, key);
        var api = OpenApi.Read();
        var requests = Gens.Mix((8, HttpRequests.Of(api, path => !IsOfAdmins(path))), (1, HttpRequests.Of(api, IsForAdmins)), (2, McpRequests.All));
        await Task.WhenAll(run.Start(6, KeyRequests.Of(requests, key), Requests / 10, 3, (lane, made) => lane.SendAsync(made), key));
        await LookAsync(run, bystander, log);
    }

    private static async Task LookAsync(FuzzRun run, Bystander bystander, FaultLog log)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(run.Report());
        run.Sweep();
        await bystander.LookAsync();
        log.Look(run);
        run.AssertNoFaults();
    }

    // Of a tenant's backend, who is an admin too: for all its agents.
    private static async Task<string> MakeKeyAsync(Uri gateway)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        http.DefaultRequestHeaders.Authorization = new("Bearer", OperatorKey);
        using var made = await http.PostAsJsonAsync("/admin/keys?tenant=default", new { name = "fuzz", scopes = (string[])["user", "admin"] }, TestContext.Current.CancellationToken);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("key").GetString()!;
    }

    private static bool IsOfAdmins(string path) => path.StartsWith("/admin/", StringComparison.Ordinal);

    // It walks all wallets of the tenant, those of the other requests' agents too.
    private static bool IsForAdmins(string path) => IsOfAdmins(path) && !path.Contains("rotate", StringComparison.Ordinal);
}
