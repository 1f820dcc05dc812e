using AgentMesh.ServiceDefaults.Secrets;

namespace AgentMesh.ServiceDefaults.Encryption;

/// <summary>Encrypts and opens what actors store.</summary>
/// <param name="options">Whose.</param>
/// <param name="keys">With what.</param>
public sealed class StateEncryption(EncryptionOptions options, EncryptionKeyRing keys)
{
    /// <summary>There are keys. Without any nothing is encrypted, and what is cannot be read.</summary>
    public bool IsOn => options.IsOn;

    /// <summary>The cipher of an actor's records.</summary>
    /// <param name="actorType">The actor's type.</param>
    /// <param name="actorId">Its id, with the tenant in it where the same id may be in two.</param>
    /// <param name="tenant">Whose it is: says whether what it stores is encrypted.</param>
    public StateCipher Of(string actorType, string actorId, string tenant) => new(actorType, actorId, options.Encrypts(tenant), keys);
}

/// <summary>
/// The cipher of one actor's records. It derives a key of the actor's own from each master key that it meets and keeps it as long as the actor is in memory.
/// Of one actor's turns, which come one after the other.
/// </summary>
public sealed class StateCipher
{
    private readonly string _actorType;
    private readonly string _actorId;
    private readonly bool _encrypts;
    private readonly EncryptionKeyRing _keys;
    private readonly List<StateKey> _derived = [];

    internal StateCipher(string actorType, string actorId, bool encrypts, EncryptionKeyRing keys) =>
        (_actorType, _actorId, _encrypts, _keys) = (actorType, actorId, encrypts, keys);

    /// <summary>A value on its way to the store: encrypted, if the tenant's are.</summary>
    /// <param name="name">The state key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EncryptionKeysException">There is no master key.</exception>
    public async ValueTask<Sealed<T>> SealAsync<T>(string name, T value, CancellationToken cancellationToken)
    {
        if (!_encrypts)
            return new Sealed<T>(value, null, name);
        var masters = await _keys.GetAsync(cancellationToken);
        return new Sealed<T>(value, KeyOf(masters, masters.CurrentId), name);
    }

    /// <summary>A value from the store.</summary>
    /// <param name="name">The state key.</param>
    /// <param name="stored">As it was stored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EncryptionKeysException">The master key is not there.</exception>
    /// <exception cref="System.Text.Json.JsonException">It is damaged, or is another actor's or another key's.</exception>
    public async ValueTask<T> OpenAsync<T>(string name, Sealed<T> stored, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (stored.KeyId is not { } keyId)
            return stored.Value;
        var masters = await _keys.GetAsync(keyId, cancellationToken);
        return masters.Has(keyId)
            ? stored.Open(KeyOf(masters, keyId), name)
            : throw new EncryptionKeysException($"The secret has no master key {keyId} any more, which a record is encrypted with.", isFinal: true, null);
    }

    private StateKey KeyOf(MasterKeys masters, string keyId)
    {
        foreach (var known in _derived)
        {
            if (known.Id == keyId)
                return known;
        }

        var key = StateKey.Derive(masters.Find(keyId), keyId, _actorType, _actorId);
        _derived.Add(key);
        return key;
    }
}
