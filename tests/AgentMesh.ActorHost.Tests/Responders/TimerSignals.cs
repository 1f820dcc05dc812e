using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>A fake clock that says when somebody begins to wait, so that a test can move it then.</summary>
internal sealed class TimerSignals() : FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _started = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _started.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Awaits the next timer between two times, and moves the clock to its end.</summary>
    /// <returns>Its time.</returns>
    public async Task<TimeSpan> PassAsync(TimeSpan from, TimeSpan to)
    {
        var due = await StartedAsync(from, to);
        Advance(due);
        return due;
    }

    /// <summary>Awaits the next timer between two times.</summary>
    /// <returns>Its time.</returns>
    public async Task<TimeSpan> StartedAsync(TimeSpan from, TimeSpan to)
    {
        while (true)
        {
            var due = await _started.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ResponderUnderTest.Patience);
            if (due >= from && due <= to)
                return due;
        }
    }
}
