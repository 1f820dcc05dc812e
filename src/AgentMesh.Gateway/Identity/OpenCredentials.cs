using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Identity;

/// <summary>What open connections were opened with. Nobody tells a gateway that a key is revoked, so the keys among it are asked for again and again.</summary>
internal sealed class OpenCredentials(AgentCalls calls, TimeProvider time) : BackgroundService
{
    /// <summary>From one round to the next.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Keys that are asked for at a time.</summary>
    private const int AtATime = 8;

    private readonly PeriodicTimer _timer = new(Period, time);
    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId Tenant, ApiKeyId Id), OpenKey> _keys = [];

    /// <summary>A connection begins; dispose what is returned at its end.</summary>
    /// <param name="caller">Whose it is.</param>
    public OpenCredential Begin(Caller? caller)
    {
        if (caller?.Key is not { } id)
            return new OpenCredential(this, caller?.EndsAt, null);
        lock (_lock)
        {
            if (!_keys.TryGetValue((caller.Tenant, id), out var key))
                _keys.Add((caller.Tenant, id), key = new OpenKey(caller.Tenant, id));
            key.Connections++;
            return new OpenCredential(this, caller.EndsAt, key);
        }
    }

    /// <summary>A key has been revoked here.</summary>
    public void Revoke(TenantId tenant, ApiKeyId id)
    {
        lock (_lock)
        {
            if (_keys.TryGetValue((tenant, id), out var key))
                key.IsRevoked = true;
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    internal void End(OpenKey key)
    {
        lock (_lock)
        {
            if (--key.Connections == 0)
                _keys.Remove((key.Tenant, key.Id));
        }
    }

    internal bool HasCome(DateTimeOffset? end) => end <= time.GetUtcNow();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _timer.WaitForNextTickAsync(stoppingToken))
        {
            OpenKey[] keys;
            lock (_lock)
                keys = [.. _keys.Values.Where(key => !key.IsRevoked)];
            await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = stoppingToken }, CheckAsync);
        }
    }

    // A key that cannot be asked for now stays as it is until the next round.
    private async ValueTask CheckAsync(OpenKey key, CancellationToken cancellationToken)
    {
        var reply = await calls.GetApiKeyAsync(key.Tenant, new GetApiKey(key.Id.ToString()), cancellationToken);
        if (reply.IsRefused ? reply.Refusal.Code == ApiKeyCodes.ApiKeyNotFound : reply.Value.RevokedAt is not null)
            key.IsRevoked = true;
    }
}

/// <summary>A key with which connections are open.</summary>
internal sealed class OpenKey(TenantId tenant, ApiKeyId id)
{
    private volatile bool _isRevoked;

    public TenantId Tenant => tenant;

    public ApiKeyId Id => id;

    /// <summary>How many there are.</summary>
    public int Connections { get; set; }

    public bool IsRevoked
    {
        get => _isRevoked;
        set => _isRevoked = value;
    }
}

/// <summary>What a connection was opened with.</summary>
internal sealed class OpenCredential : IDisposable
{
    private readonly OpenCredentials _all;
    private readonly DateTimeOffset? _endsAt;
    private readonly OpenKey? _key;
    private bool _isDisposed;

    internal OpenCredential(OpenCredentials all, DateTimeOffset? endsAt, OpenKey? key) => (_all, _endsAt, _key) = (all, endsAt, key);

    /// <summary>True from the moment on when it opens nothing any more.</summary>
    public bool HasEnded => _all.HasCome(_endsAt) || _key is { IsRevoked: true };

    public void Dispose()
    {
        if (_key is not null && !Interlocked.Exchange(ref _isDisposed, true))
            _all.End(_key);
    }
}
