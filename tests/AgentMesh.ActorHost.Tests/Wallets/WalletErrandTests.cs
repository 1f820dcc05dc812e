using AgentMesh.ActorHost.Wallets;
using AgentMesh.Agents.Wallets;

namespace AgentMesh.ActorHost.Tests.Wallets;

/// <summary>In which order the errands of wallets are run.</summary>
public sealed class WalletErrandTests
{
    /// <summary>A call rewrites each shard of the list that it touches: of 10,000 wallets in 256 shards a batch of 32 takes those of one or two.</summary>
    [Fact]
    public void Batches_AreOfOneTenantAtATime_AndOfFewShards()
    {
        var wallet = new WalletRecord(WalletProviders.Local, "0x0", "key", null, DateTimeOffset.UnixEpoch);
        var errands = Enumerable.Range(0, 10_000).SelectMany(n => new[] { $"acme:user-{n}", $"default:user-{n}" }).Select(agent => new WalletErrands.Errand(agent, wallet)).ToList();
        var batches = WalletErrands.Batches(errands).ToList();
        Assert.All(batches, batch => Assert.InRange(batch.Length, 1, WalletListLimits.Batch));
        Assert.InRange(batches.Count(batch => batch.Select(errand => errand.Tenant).Distinct().Count() > 1), 0, 1);
        Assert.All(batches, batch => Assert.InRange(batch.Select(errand => (errand.Tenant, WalletTable.ShardOf(errand.User))).Distinct().Count(), 1, 3));
        Assert.Equal(errands.Select(errand => errand.Agent).Order(StringComparer.Ordinal), batches.SelectMany(batch => batch).Select(errand => errand.Agent).Order(StringComparer.Ordinal));
    }
}
