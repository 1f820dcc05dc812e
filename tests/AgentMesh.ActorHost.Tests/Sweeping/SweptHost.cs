using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.Agents.DueWork;
using AgentMesh.Agents.State;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.ActorHost.Tests.Sweeping;

/// <summary>What tests of the sweep do with a host: the tenant's index, the registry, and sweeps beside that of the process.</summary>
internal static class SweptHost
{
    internal const string Alice = "default:alice";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = CreateJson();

    /// <summary>A host that sweeps every 60 s, with a grace of 30 s, and notes at once.</summary>
    public static Task<HostUnderTest> StartAsync(params (string Name, string Value)[] settings) => HostUnderTest.StartAsync(
    [
        ("AgentMesh:Sweep:IntervalSeconds", "60"), ("AgentMesh:Sweep:NoteDelaySeconds", "0"), .. settings,
    ]);

    /// <summary>The agent's time in the index; null: it is not there.</summary>
    public static DateTimeOffset? DueOf(this HostUnderTest host, string user, string tenant = "default") =>
        host.State[tenant, TenantStateKeys.DueShard(DueIndex.ShardOf(user))] is { } stored
            ? JsonSerializer.Deserialize<DueShard>(stored, Json)!.Find(user)?.At
            : null;

    /// <summary>When a tenant is looked at next; null: it is not registered.</summary>
    public static DateTimeOffset? RegisteredOf(this HostUnderTest host, string tenant = "default") =>
        host.State.States[DueTenants.Key] is { } stored ? JsonSerializer.Deserialize<DueTenants>(stored, Json)!.Of(tenant) : null;

    /// <summary>The registry, without anybody's doing.</summary>
    public static void Register(this HostUnderTest host, DateTimeOffset at, params string[] tenants) =>
        host.State.States[DueTenants.Key] = JsonSerializer.Serialize(new DueTenants([.. tenants.Select(tenant => new TenantDue(tenant, at))]), Json);

    /// <summary>A sweep of another process; the host's own needs its clock to move.</summary>
    public static Task SweepAsync(this HostUnderTest host) =>
        ActivatorUtilities.CreateInstance<Sweeper>(host.Services).SweepAsync(TestContext.Current.CancellationToken);

    public static Task<DueOutlook> NoteAsync(this HostUnderTest host, DateTimeOffset at, params string[] users) => host.CallTenantAsync(
        nameof(ITenantActor.NoteDue), new NoteDue([.. users.Select(user => new DueAgent(user, at))]), ContractsJson.Default.NoteDue, ContractsJson.Default.ReplyDueOutlook);

    public static async Task<string> TakeAsync(this HostUnderTest host, DateTimeOffset dueBefore, int most) => string.Join(
        ' ',
        (await host.CallTenantAsync(nameof(ITenantActor.TakeDue), new TakeDue(dueBefore, most), ContractsJson.Default.TakeDue, ContractsJson.Default.ReplyDueAgents))
            .Agents.Select(agent => agent.User));

    public static async Task<int> ForgetAsync(this HostUnderTest host, params string[] users) => (await host.CallTenantAsync(
        nameof(ITenantActor.ForgetDue), new ForgetDue(users), ContractsJson.Default.ForgetDue, ContractsJson.Default.ReplyDueForgotten)).Entries;

    /// <summary>How often an actor method was called through the sidecar since the last look.</summary>
    public static int Taken(this HostUnderTest host, string method) => host.State.TakeInvoked().Count(call => call.EndsWith('/' + method));

    /// <summary>Background services tell nobody when they are done.</summary>
    public static async Task UntilAsync(this HostUnderTest host, Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!condition())
            await Task.Delay(5, limit.Token);
        Assert.NotNull(host);
    }

    /// <summary>Moves the clock on until something is so, slowly enough for calls that are under way.</summary>
    public static Task AdvanceUntilAsync(this HostUnderTest host, Func<bool> condition) => host.UntilAsync(() =>
    {
        host.Time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });

    /// <summary>Waits until an agent stands in the index and its tenant in the registry, and no other note is under way: one that a moving clock cut off would be tried again.</summary>
    public static Task UntilNotedAsync(this HostUnderTest host, string user = "alice", string tenant = "default") =>
        host.UntilAsync(() => host.DueOf(user, tenant) is not null && host.RegisteredOf(tenant) is not null && host.Services.GetRequiredService<DueNotes>().Waiting == 0);

    public static CreateSchedule Every(int seconds, string requestId = "s1") => new("tick", null, null, seconds, null, null, null, null, requestId, null);

    private static async Task<T> CallTenantAsync<TRequest, T>(
        this HostUnderTest host, string method, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<Reply<T>> type)
        where T : class
    {
        using var answer = await host.Http.PutAsync(
            new Uri($"actors/TenantActor/default/method/{method}", UriKind.Relative), JsonContent.Create(request, requestType), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(type, TestContext.Current.CancellationToken))!.Value!;
    }

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = AgentStateJson.Default };
        AgentStateJson.AddTo(json);
        return json;
    }
}
