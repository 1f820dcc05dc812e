namespace AgentMesh.Sidecar.Runtime;

/// <summary>Where a process is made known to whoever wants to call it.</summary>
internal interface IHostRegistry
{
    /// <summary>Completes when the process is known; calls may come from here on.</summary>
    /// <exception cref="State.StateStoreException">It cannot be made known now.</exception>
    Task AddAsync(AppConnection connection, CancellationToken cancellationToken);

    /// <summary>Others may take over what the process hosted.</summary>
    /// <param name="connection">The process.</param>
    /// <param name="closed">Completes when no write of it is under way any more; is waited for.</param>
    Task RemoveAsync(AppConnection connection, Task closed);
}
