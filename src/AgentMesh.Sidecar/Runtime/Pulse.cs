namespace AgentMesh.Sidecar.Runtime;

/// <summary>Wakes whoever waits; a pulse between asking for <see cref="Next"/> and awaiting it is not missed.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next pulse. Asked for before looking for work.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Send() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
