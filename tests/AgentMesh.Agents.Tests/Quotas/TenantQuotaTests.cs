using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Quotas;

namespace AgentMesh.Agents.Tests.Quotas;

/// <summary>What a tenant may have.</summary>
public sealed class TenantQuotaTests
{
    [Theory]
    [InlineData(3, 2, null)]
    [InlineData(3, 3, TenantQuota.TooManyAgents)]
    [InlineData(3, 4, TenantQuota.TooManyAgents)]
    [InlineData(null, long.MaxValue, null)]
    public void Agents_AreAsManyAsTheQuota(int? quota, long agents, string? code) =>
        Assert.Equal(code, new TenantQuota(quota, null).CheckAgents(agents)?.Code);

    [Theory]
    [InlineData(1000L, 999, null)]
    [InlineData(1000L, 1000, TenantQuota.StorageFull)]
    [InlineData(1000L, 1001, TenantQuota.StorageFull)]
    [InlineData(null, long.MaxValue, null)]
    public void Messages_AreTakenBelowTheQuota(long? quota, long bytes, string? code) =>
        Assert.Equal(code, new TenantQuota(null, quota).CheckStorage(bytes)?.Code);

    [Theory]
    [InlineData(0, null, true)]
    [InlineData(0, 0L, false)]
    [InlineData(AgentListLimits.Step - 1, 0L, false)]
    [InlineData(AgentListLimits.Step, 0L, true)]
    [InlineData(0, AgentListLimits.Step - 1L, false)]
    [InlineData(0, AgentListLimits.Step + 0L, true)]
    public void Line_IsWrittenForANewAgent_AndAgainWithEachStep(long stored, long? listed, bool isOwed) =>
        Assert.Equal(isOwed, AgentListing.IsOwed(AgentHead.Unborn(default) with { StoredBytes = stored }, listed));
}
