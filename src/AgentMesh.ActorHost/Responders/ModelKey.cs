using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Secrets;

namespace AgentMesh.ActorHost.Responders;

/// <summary>The provider's key: from the settings, or read once from the secret store by the app's own sidecar.</summary>
internal sealed class ModelKey : IDisposable
{
    /// <summary>In place of a secret: the server wants no key.</summary>
    internal const string NoKey = "none";

    private readonly SecretPlace? _place;
    private readonly SecretReader _secrets;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile string? _key;

    public ModelKey(ResponderOptions options, SidecarOptions sidecar)
    {
        _secrets = new SecretReader(sidecar);
        _key = string.IsNullOrWhiteSpace(options.ApiKey) ? null : options.ApiKey.Trim();
        if (options.ApiKeySecret != NoKey && SecretPlace.TryParse(options.ApiKeySecret, out var place))
            _place = place;
    }

    /// <summary>The key, or null for a server that wants none.</summary>
    public async ValueTask<string?> GetAsync(CancellationToken cancellationToken)
    {
        if (_key is { } known || _place is null)
            return _key;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return _key ??= await ReadAsync(_place, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The provider refused this key: read it again when it is next needed, for it may have been rotated.</summary>
    public void Forget(string key)
    {
        if (_place is not null && _key == key)
            _key = null;
    }

    public void Dispose()
    {
        _secrets.Dispose();
        _reading.Dispose();
    }

    /// <summary>Visible ASCII, so that it can stand in a header.</summary>
    internal static bool IsHeaderText(string key) =>
        key.Trim() is { Length: > 0 } trimmed && trimmed.All(character => character is > ' ' and < (char)127);

    private async Task<string> ReadAsync(SecretPlace place, CancellationToken cancellationToken)
    {
        try
        {
            return await _secrets.ReadAsync(place, cancellationToken) is { } key && IsHeaderText(key) ? key.Trim() : throw ResponderFailures.KeyMissing();
        }
        catch (SecretUnreadableException)
        {
            throw ResponderFailures.KeyUnreadable();
        }
    }
}
