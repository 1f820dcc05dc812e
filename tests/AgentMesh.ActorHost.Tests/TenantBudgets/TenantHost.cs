using System.Net.Http.Json;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using Microsoft.Extensions.DependencyInjection;

namespace AgentMesh.ActorHost.Tests.TenantBudgets;

/// <summary>What tests of tenants' budgets do with a host: the operator's calls, and the gate that spends.</summary>
internal static class TenantHost
{
    internal const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    internal static readonly AgentKey Alice = new(TenantId.Default, UserId.Parse("alice"));

    public static TenantGate Gate(this HostUnderTest host) => host.Services.GetRequiredService<TenantGate>();

    public static Task<Reply<TenantBudget>> BudgetAsync(this HostUnderTest host) =>
        host.CallTenantAsync("default", nameof(ITenantBudgets.GetTenantBudget), null, ContractsJson.Default.ReplyTenantBudget);

    /// <summary>How the first limit stands: what is posted, held and available.</summary>
    public static async Task<(string Posted, string Held, string Available)> FirstLimitAsync(this HostUnderTest host) =>
        (await host.BudgetAsync()).Value!.Limits[0] is var limit ? (limit.Posted, limit.Held, limit.Available) : default;

    public static Task<Reply<TenantBudget>> LimitAsync(this HostUnderTest host, string limit, string window = "rolling:24h", string asset = Usdc) => host.CallTenantAsync(
        "default",
        nameof(ITenantBudgets.SetTenantLimits),
        JsonContent.Create(new SetTenantLimits([new TenantLimitRequest(asset, window, limit)]), ContractsJson.Default.SetTenantLimits),
        ContractsJson.Default.ReplyTenantBudget);

    public static Task<Reply<TenantFreeze>> FreezeTenantAsync(this HostUnderTest host, string? user = null, string reason = "audit") => host.CallTenantAsync(
        "default",
        nameof(ITenantBudgets.FreezeTenant),
        JsonContent.Create(new FreezeTenant(user, reason), ContractsJson.Default.FreezeTenant),
        ContractsJson.Default.ReplyTenantFreeze);

    public static Task<Reply<TenantFreeze>> UnfreezeTenantAsync(this HostUnderTest host, string? user = null) => host.CallTenantAsync(
        "default", nameof(ITenantBudgets.UnfreezeTenant), JsonContent.Create(new UnfreezeTenant(user), ContractsJson.Default.UnfreezeTenant), ContractsJson.Default.ReplyTenantFreeze);

    public static Task<Reply<TenantLease>> TakeLeaseAsync(this HostUnderTest host, string id, long revision, string least, string spent = "0") => host.CallTenantAsync(
        "default",
        nameof(ITenantBudgets.TakeLease),
        JsonContent.Create(new TakeLease(id, revision, "elsewhere", Usdc, spent, least, least), ContractsJson.Default.TakeLease),
        ContractsJson.Default.ReplyTenantLease);

    public static Task<Reply<AgentFreeze>> FreezeAsync(this HostUnderTest host, string agent, string reason = "audit") => host.CallAsync(
        agent, nameof(IAgentFreezing.FreezeAgent), JsonContent.Create(new FreezeAgent(reason), ContractsJson.Default.FreezeAgent), ContractsJson.Default.ReplyAgentFreeze);

    public static Task<Reply<AgentFreeze>> UnfreezeAsync(this HostUnderTest host, string agent) =>
        host.CallAsync(agent, nameof(IAgentFreezing.UnfreezeAgent), null, ContractsJson.Default.ReplyAgentFreeze);

    public static Task<Reply<AgentFreeze>> GetFreezeAsync(this HostUnderTest host, string agent) =>
        host.CallAsync(agent, nameof(IAgentFreezing.GetFreeze), null, ContractsJson.Default.ReplyAgentFreeze);

    public static Task<Result<TenantReservation>> ReserveAsync(this HostUnderTest host, int amount, string asset = Usdc) =>
        host.Gate().ReserveAsync(TenantId.Default, asset, (UInt128)amount, TestContext.Current.CancellationToken);

    /// <summary>Sets aside so much, which is there.</summary>
    public static async Task<TenantReservation> ReserveGivenAsync(this HostUnderTest host, int amount)
    {
        var reservation = await host.ReserveAsync(amount);
        Assert.Null(reservation.Refusal);
        return reservation.Value!;
    }

    /// <summary>Moves the clock on until something is so, slowly enough for calls that are under way.</summary>
    public static Task AdvanceUntilAsync(this HostUnderTest host, TimeSpan step, Func<Task<bool>> isSo) => HostUnderTest.UntilAsync(async () =>
    {
        host.Time.Advance(step);
        return await isSo();
    });

    /// <summary>Moves the clock on until something is so, and only slowly while a lease is to be renewed: what is lost by haste is spent.</summary>
    public static Task PassUntilAsync(this HostUnderTest host, Func<Task<bool>> isSo) => HostUnderTest.UntilAsync(
        async () =>
        {
            var isToBeRenewed = (await host.BudgetAsync()).Value!.Leases.Any(lease => lease.Until - host.Time.GetUtcNow() < TimeSpan.FromSeconds(31));
            host.Time.Advance(TimeSpan.FromMilliseconds(isToBeRenewed ? 20 : 500));
            return await isSo();
        },
        // What a payment has to outlast is minutes: a thousand steps of several calls each.
        TimeSpan.FromMinutes(2));
}
