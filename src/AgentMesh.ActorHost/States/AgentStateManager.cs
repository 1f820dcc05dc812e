using Dapr.Actors.Runtime;

namespace AgentMesh.ActorHost.States;

/// <summary>
/// What agents use of the SDK's interface to state. The rest throws, in everything that stands between an agent and its store: nothing gets past one of them
/// by a way that it does not know.
/// </summary>
internal abstract class AgentStateManager : IActorStateManager
{
    public abstract Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default);

    public abstract Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    public abstract Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default);

    public abstract Task UnloadStateAsync(string stateName, UnloadStateOptions? options = null, CancellationToken cancellationToken = default);

    public abstract Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default);

    public abstract Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default);

    public abstract Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default);

    public abstract Task ClearCacheAsync(CancellationToken cancellationToken = default);

    public abstract Task SaveStateAsync(CancellationToken cancellationToken = default);

    public Task AddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task AddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<T> GetStateAsync<T>(string stateName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task SetStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> TryAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<bool> TryAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<T> GetOrAddStateAsync<T>(string stateName, T value, TimeSpan ttl, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<T> AddOrUpdateStateAsync<T>(
        string stateName, T addValue, Func<string, T, T> updateValueFactory, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<T> AddOrUpdateStateAsync<T>(
        string stateName, T addValue, Func<string, T, T> updateValueFactory, TimeSpan ttl, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
