using AgentMesh.ServiceDefaults.Secrets;


namespace AgentMesh.ActorHost.Wallets.Crossmint;

/// <summary>The API key, read once from the secret store.</summary>
internal sealed class CrossmintKey(WalletOptions options, SecretReader secrets)
{
    private volatile string? _key;

    /// <summary>The key.</summary>
    /// <exception cref="CrossmintFailedException">There is none, or the store was not reached.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_key is { } known)
            return known;
        if (!SecretPlace.TryParse(options.Crossmint.ApiKeySecret, out var place))
            throw new CrossmintFailedException("No place of the API key is configured.");
        try
        {
            // Visible ASCII, so that it can stand in a header.
            return await secrets.ReadAsync(place, cancellationToken) is { } key && key.Trim() is { Length: > 0 } text && text.All(character => character is > ' ' and < (char)127)
                ? _key = text
                : throw new CrossmintFailedException($"The secret store '{place.Store}' has no API key in '{place.Name}'.");
        }
        catch (SecretUnreadableException unreadable)
        {
            throw new CrossmintFailedException($"The secret store '{place.Store}' was not reached.", unreadable);
        }
    }

    /// <summary>It was refused: it is read again when it is next needed, for it may have been changed.</summary>
    public void Forget() => _key = null;
}
