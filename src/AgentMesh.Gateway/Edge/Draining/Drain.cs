using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Edge.Draining;

/// <summary>
/// How the gateway ends without failing anybody. A server that is stopped closes the connections on which nothing is asked; a request that is on its way on one of
/// them is lost, and its client cannot know whether it was taken. So no connection is taken any more, each answer says that its connection ends with it, and
/// the server is stopped when all connections are closed, or nothing has been asked on those that are left for a while.
/// </summary>
internal sealed class Drain(IOptions<DrainOptions> options, TimeProvider time) : IHostedLifecycleService
{
    private readonly ConcurrentBag<IConnectionListener> _listeners = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOn;
    private int _connections;
    private int _running;
    private long _lastAt;

    /// <summary>Answers are to say that their connection ends with them.</summary>
    public bool IsOn => _isOn;

    /// <summary>A listener that is to be closed first.</summary>
    public void Add(IConnectionListener listener) => _listeners.Add(listener);

    /// <summary>A connection is there.</summary>
    public void Open() => Interlocked.Increment(ref _connections);

    /// <summary>It is no more.</summary>
    public void Close()
    {
        if (Interlocked.Decrement(ref _connections) == 0 && _isOn)
            _closed.TrySetResult();
    }

    /// <summary>A request begins.</summary>
    public void Begin() => Interlocked.Increment(ref _running);

    /// <summary>A request has been answered.</summary>
    public void End()
    {
        // Nobody asks before.
        if (_isOn)
            Volatile.Write(ref _lastAt, time.GetTimestamp());
        Interlocked.Decrement(ref _running);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        Volatile.Write(ref _lastAt, began);
        _isOn = true;
        foreach (var listener in _listeners)
            await listener.UnbindAsync(cancellationToken);
        // After the listeners: none comes any more.
        if (Volatile.Read(ref _connections) == 0)
            return;
        try
        {
            while (!_closed.Task.IsCompleted && time.GetElapsedTime(began) < options.Value.Longest && Left is var left && left > TimeSpan.Zero)
                await Task.WhenAny(_closed.Task, Task.Delay(left, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException)
        {
            // There is no time left: the server ends what there is.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private TimeSpan Left => Volatile.Read(ref _running) > 0 ? options.Value.Quiet : options.Value.Quiet - time.GetElapsedTime(Volatile.Read(ref _lastAt));
}

/// <summary>How long the gateway drains.</summary>
internal sealed class DrainOptions
{
    /// <summary>Nothing was asked for so long on the connections that are left: nobody is about to. Default 1 s.</summary>
    public TimeSpan Quiet { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>In any case. Default 3 s: the rest of the host's 5 s is left to the server, which waits for what still runs.</summary>
    public TimeSpan Longest { get; set; } = TimeSpan.FromSeconds(3);
}
