using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.State;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Sidecar.Tests.Registry;

public sealed class MemberLeaseTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Lease_EndsByItsOwnClock_BeforeOthersMayTakeOver()
    {
        using var lease = NewLease();
        Assert.True(MemberLease.Use < MemberLease.Duration);
        _time.Advance(MemberLease.Use - TimeSpan.FromMilliseconds(1));
        Assert.True(lease.IsValid);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(lease.IsValid);
        Assert.True(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Renewed_CountsFromBeforeTheQuestion()
    {
        using var lease = NewLease();
        _time.Advance(TimeSpan.FromSeconds(1));
        var askedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        lease.Renew(askedAt);
        _time.Advance(TimeSpan.FromSeconds(1.4));
        Assert.True(lease.IsValid);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.False(lease.IsValid);
    }

    [Fact]
    public void OnceLost_IsNeverValidAgain()
    {
        using var lease = NewLease();
        _time.Advance(MemberLease.Use);
        lease.Renew(_time.GetTimestamp());
        Assert.False(lease.IsValid);
    }

    private MemberLease NewLease() => new(new StateFence("members", "a"), _time.GetTimestamp(), _time);
}
