using AgentMesh.ActorHost.Tests.Wallets;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>A wall clock that can be set, while time goes on as it does.</summary>
internal sealed class JumpingClock() : FakeTimeProvider(WalletHost.StartTime)
{
    /// <summary>How far the wall clock is ahead of the time that has passed.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    // That of the base is made of the wall clock's time.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
