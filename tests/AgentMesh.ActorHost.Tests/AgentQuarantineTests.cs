using System.Net.Http.Json;
using AgentMesh.ActorHost.Quarantine;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Tenants;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Agents that are found damaged are on their tenant's list.</summary>
public sealed class AgentQuarantineTests
{
    private const string Alice = "default:alice";

    [Theory]
    [InlineData("head", "{}", "a record cannot be read")]
    [InlineData("page:default:1", null, "page 1 is missing")]
    public async Task DamagedAgent_IsListed_UntilItIsReleased_AndListedAgainWhenItIsFoundAgain(string key, string? value, string reason)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Empty(await ListAsync(host));
        await host.DeactivateAsync(Alice);
        host.State[Alice, key] = value;
        Assert.Equal("agent_quarantined", (await host.HistoryAsync(Alice)).Refusal!.Code);
        await HostUnderTest.UntilAsync(async () => (await ListAsync(host)).Count == 1);
        var listed = Assert.Single(await ListAsync(host));
        Assert.Equal(("alice", host.Time.GetUtcNow()), (listed.User, listed.Since));
        Assert.Contains(reason, listed.Reason, StringComparison.Ordinal);
        Assert.Equal(["quarantined"], host.State.KeysOf("default"));
        Assert.Empty(await ListAsync(host, "acme"));

        Assert.False((await ReleaseAsync(host, "alice")).IsListed);
        Assert.Empty(host.State.KeysOf("default"));
        // Called all the time, it is noted once a minute.
        await host.HistoryAsync(Alice);
        host.Time.Advance(QuarantineNotes.NotedEvery);
        await host.HistoryAsync(Alice);
        await HostUnderTest.UntilAsync(async () => (await ListAsync(host)).Count == 1);
        Assert.Equal(host.Time.GetUtcNow(), Assert.Single(await ListAsync(host)).Since);
    }

    /// <summary>What operators read of a tenant has nothing of an agent that is no more.</summary>
    [Fact]
    public async Task ErasedAgent_IsNotListed()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.DeactivateAsync(Alice);
        host.State[Alice, "page:default:1"] = null;
        await host.HistoryAsync(Alice);
        await HostUnderTest.UntilAsync(async () => (await ListAsync(host)).Count == 1);
        await host.CallTenantAsync(
            "default", nameof(ITenantActor.ForgetDue), JsonContent.Create(new ForgetDue(["alice", "bob"]), ContractsJson.Default.ForgetDue), ContractsJson.Default.ReplyDueForgotten);
        Assert.Empty(await ListAsync(host));
    }

    private static async Task<IReadOnlyList<ListedQuarantine>> ListAsync(HostUnderTest host, string tenant = "default") => (await host.CallTenantAsync(
        tenant, nameof(ITenantQuarantine.ListQuarantined), null, ContractsJson.Default.ReplyQuarantineList)).Value!.Agents;

    private static async Task<QuarantineNoted> ReleaseAsync(HostUnderTest host, string user) => (await host.CallTenantAsync(
        "default", nameof(ITenantQuarantine.ReleaseQuarantine), JsonContent.Create(new ReleaseQuarantine(user), ContractsJson.Default.ReleaseQuarantine),
        ContractsJson.Default.ReplyQuarantineNoted)).Value!;
}
