namespace AgentMesh.Sidecar.Runtime;

/// <summary>A place of a semaphore, given back at the end of a block: <c>using (await gate.EnterAsync(token))</c>.</summary>
internal static class SemaphoreEntry
{
    /// <summary>Waits for a place.</summary>
    /// <exception cref="OperationCanceledException">The token ended first; nothing is taken.</exception>
    public static async ValueTask<Place> EnterAsync(this SemaphoreSlim semaphore, CancellationToken cancellationToken)
    {
        await semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Place(semaphore);
    }

    internal readonly struct Place(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
