namespace AgentMesh.ServiceDefaults.Secrets;

/// <summary>Master keys, read from the secret store and kept in memory. They are read again now and then, and when one is missed.</summary>
/// <param name="keysSecret">Where they are, see <see cref="SecretPlace"/>.</param>
/// <param name="variable">The setting that says so.</param>
/// <param name="secrets">Reads them.</param>
/// <param name="time">The clock.</param>
public abstract class MasterKeyRing(string? keysSecret, string variable, SecretReader secrets, TimeProvider time) : IDisposable
{
    /// <summary>From one reading to the next that a missing key causes: records that name none of ours must not become requests to the store.</summary>
    public static readonly TimeSpan MissInterval = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile MasterKeys? _known;
    private long _readAt;

    /// <summary>The keys in memory; null: none were read yet.</summary>
    public MasterKeys? Known => _known;

    /// <summary>The keys.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MasterKeysException">There are none, or they were not reached.</exception>
    public ValueTask<MasterKeys> GetAsync(CancellationToken cancellationToken) =>
        _known is { } known ? ValueTask.FromResult(known) : new(ReadAsync(known => known is null, cancellationToken));

    /// <summary>The keys, with the one of that id among them when the secret has it.</summary>
    /// <param name="keyId">The id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MasterKeysException">There are none, or they were not reached.</exception>
    public ValueTask<MasterKeys> GetAsync(string keyId, CancellationToken cancellationToken) => _known is { } known && known.Has(keyId)
        ? ValueTask.FromResult(known)
        : new(ReadAsync(other => other is null || !other.Has(keyId) && time.GetElapsedTime(_readAt) >= MissInterval, cancellationToken));

    /// <summary>Reads them again, unless that was done within the shortest interval.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MasterKeysException">There are none any more, or they were not reached; those in memory stay.</exception>
    public Task<MasterKeys> RefreshAsync(CancellationToken cancellationToken) =>
        ReadAsync(known => known is null || time.GetElapsedTime(_readAt) >= MissInterval, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reading.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What is thrown when there are none.</summary>
    /// <param name="why">A sentence, with nothing of a key.</param>
    /// <param name="isFinal">Asking again does not help.</param>
    /// <param name="inner">The fault.</param>
    protected abstract MasterKeysException Fault(string why, bool isFinal, Exception? inner);

    private async Task<MasterKeys> ReadAsync(Func<MasterKeys?, bool> isNeeded, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            // Who held the lock before may have read what is wanted.
            if (!isNeeded(_known))
                return _known!;
            // Also of a reading that fails: a store that is away is not asked by every record.
            _readAt = time.GetTimestamp();
            return _known = await ReadAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<MasterKeys> ReadAsync(CancellationToken cancellationToken)
    {
        if (!SecretPlace.TryParse(keysSecret, out var place))
            throw Fault($"{variable} names no place of a secret.", isFinal: true, null);
        try
        {
            if (await secrets.ReadAsync(place, cancellationToken) is not { } secret)
                throw Fault($"The secret store '{place.Store}' has no secret '{place.Name}' with the master key of {variable}.", isFinal: true, null);
            return MasterKeys.TryParse(secret, out var masters)
                ? masters
                : throw Fault(
                    $"The secret '{place.Name}' of '{place.Store}' is no list of {MasterKeys.KeyBytes} bytes in base64, the newest first, with commas between.", isFinal: true, null);
        }
        catch (SecretUnreadableException unreadable)
        {
            throw Fault($"The secret store '{place.Store}' was not reached.", isFinal: false, unreadable);
        }
    }
}

/// <summary>There is no master key. The text has nothing of a key.</summary>
/// <param name="why">A sentence.</param>
/// <param name="isFinal">Asking again does not help.</param>
/// <param name="inner">The fault.</param>
public abstract class MasterKeysException(string why, bool isFinal, Exception? inner) : Exception(why, inner)
{
    /// <summary>Asking again does not help.</summary>
    public bool IsFinal => isFinal;
}
