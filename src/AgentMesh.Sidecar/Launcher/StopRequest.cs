using System.Runtime.InteropServices;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The wish to stop: the first asks for an orderly stop, the second for an immediate one.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _forced = new();
    private List<PosixSignalRegistration> _registrations = [];

    /// <summary>Ends with the first request.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Ends with the second request.</summary>
    public CancellationToken Forced => _forced.Token;

    /// <summary>A request for each SIGTERM, SIGINT (Ctrl-C), SIGQUIT and SIGHUP (closed terminal).</summary>
    public static StopRequest OfSignals()
    {
        var request = new StopRequest();
        request._registrations =
        [
            .. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP])
                .Select(signal => PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    request.Request();
                })),
        ];
        return request;
    }

    /// <summary>Asks to stop.</summary>
    public void Request()
    {
        if (_stopping.IsCancellationRequested) _forced.Cancel();
        else _stopping.Cancel();
    }

    /// <summary>Asks to stop, unless somebody has: apps that shut down their sidecar one after the other must not force the end.</summary>
    public void RequestOnce()
    {
        if (!_stopping.IsCancellationRequested) _stopping.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stopping.Dispose();
        _forced.Dispose();
    }
}
