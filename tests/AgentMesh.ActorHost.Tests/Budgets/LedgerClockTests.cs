using System.Collections.Concurrent;
using AgentMesh.ActorHost.Budgets;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ActorHost.Tests.Budgets;

/// <summary>What budgets take for the time when the wall clock does not go as time does.</summary>
public sealed class LedgerClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentQueue<string> _log = new();

    // Each step: seconds that pass, and seconds that the wall clock is set on or back. Last: how far the budgets' time has come.
    [Theory]
    [InlineData("60,0", 60)]
    // A correction is followed, and what passes after it counts from there.
    [InlineData("60,1", 61)]
    [InlineData("60,2", 62)]
    [InlineData("60,2 60,0", 122)]
    [InlineData("60,2 60,2 60,2", 186)]
    // A jump is not, then or later.
    [InlineData("60,2.001", 60)]
    [InlineData("60,86400", 60)]
    [InlineData("60,86400 60,0", 120)]
    [InlineData("60,86400 60,86400", 120)]
    // Once it is taken back, corrections are followed again.
    [InlineData("60,86400 60,-86399", 121)]
    // Set back: this time waits, and goes on where the wall clock comes by.
    [InlineData("60,-3600", 0)]
    [InlineData("60,0 60,-3600", 60)]
    [InlineData("60,0 60,-100 60,0", 80)]
    [InlineData("60,0 60,-3600 60,3600", 180)]
    [InlineData("60,-1", 59)]
    public void Time_FreesNoWindowThatIsNotOver(string steps, double seconds)
    {
        var time = new JumpingTime(Start);
        var clock = Create(time);
        var latest = clock.GetUtcNow();
        foreach (var step in steps.Split(' ').Select(step => step.Split(',').Select(number => double.Parse(number, null)).ToArray()))
        {
            time.Pass(TimeSpan.FromSeconds(step[0]), TimeSpan.FromSeconds(step[1]));
            Assert.True(clock.GetUtcNow() >= latest);
            latest = clock.GetUtcNow();
        }

        Assert.Equal(Start.AddSeconds(seconds), latest);
    }

    [Fact]
    public void Jump_IsLoggedOnce()
    {
        var time = new JumpingTime(Start);
        var clock = Create(time);
        time.Pass(TimeSpan.Zero, TimeSpan.FromHours(1));
        clock.GetUtcNow();
        clock.GetUtcNow();
        Assert.Contains("3600 s ahead", Assert.Single(_log), StringComparison.Ordinal);
        time.Pass(TimeSpan.Zero, TimeSpan.FromHours(-1));
        clock.GetUtcNow();
        time.Pass(TimeSpan.Zero, TimeSpan.FromHours(1));
        clock.GetUtcNow();
        Assert.Equal(2, _log.Count);
    }

    [Fact]
    public void Restart_FollowsTheWallClock()
    {
        var time = new JumpingTime(Start);
        Create(time);
        time.Pass(TimeSpan.Zero, TimeSpan.FromDays(1));
        Assert.Equal(Start.AddDays(1), Create(time).GetUtcNow());
    }

    private LedgerClock Create(TimeProvider time)
    {
        using var factory = LoggerFactory.Create(log => log.AddProvider(new LogRecorder(_log)));
        return new LedgerClock(time, factory.CreateLogger<LedgerClock>());
    }

    /// <summary>A wall clock that is set, beside a monotonic one that is not.</summary>
    private sealed class JumpingTime(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset _wall = start;
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _wall;

        public override long GetTimestamp() => _ticks;

        internal void Pass(TimeSpan passed, TimeSpan set)
        {
            _ticks += passed.Ticks;
            _wall += passed + set;
        }
    }
}
