using AgentMesh.Sidecar.Http;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors;

/// <summary>
/// One call's way to the sidecar that has the actor. One that does not have it (any more), or is lost, is looked for again, as daprd does
/// (dapr:pkg/actors/router/router.go: moved, disseminating and unavailable remotes are retried; what the app answers never is).
/// </summary>
internal sealed class ForwardedCall(HostDirectory hosts, TimeProvider timeProvider)
{
    /// <summary>A change of hosts wakes it before.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private long? _firstFailure;

    /// <summary>The answer; null: look again.</summary>
    public async Task<(T? Value, DaprError? Error)?> TryAsync<T>(
        AppConnection host, Func<AppConnection, string?, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.Closed);
        string reason;
        try
        {
            return (await call(host, null, either.Token), null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            reason = failure.Message;
        }

        _firstFailure ??= timeProvider.GetTimestamp();
        if (timeProvider.GetElapsedTime(_firstFailure.Value) >= ActorRouter.LookupTimeout)
            return (default, DaprError.ActorInvoke($"failed to invoke target {host.App.AppId} at port {host.App.AppPort}: {reason}"));
        await hosts.WaitForChangeAsync(RetryInterval, timeProvider, cancellationToken);
        return null;
    }
}
