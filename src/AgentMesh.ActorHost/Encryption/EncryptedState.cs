using AgentMesh.ActorHost.States;
using AgentMesh.ServiceDefaults.Encryption;
using Dapr.Actors.Runtime;

namespace AgentMesh.ActorHost.Encryption;

/// <summary>
/// An agent's state, of which some records are encrypted on their way to the store and opened on their way back. Who uses it sees them as they are. Only where
/// there are keys: elsewhere an agent uses the SDK's own.
/// </summary>
/// <param name="state">The SDK's.</param>
/// <param name="cipher">The agent's.</param>
/// <param name="types">The records.</param>
internal sealed class EncryptedState(IActorStateManager state, StateCipher cipher, SealedTypes types) : AgentStateManager
{
    public override async Task<ConditionalValue<T>> TryGetStateAsync<T>(string stateName, CancellationToken cancellationToken = default)
    {
        if (!types.Contains(typeof(T)))
            return await state.TryGetStateAsync<T>(stateName, cancellationToken);
        var stored = await state.TryGetStateAsync<Sealed<T>>(stateName, cancellationToken);
        return stored.HasValue ? new ConditionalValue<T>(true, await cipher.OpenAsync(stateName, stored.Value, cancellationToken)) : default;
    }

    public override async Task<T> GetOrAddStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default)
    {
        if (!types.Contains(typeof(T)))
            return await state.GetOrAddStateAsync(stateName, value, cancellationToken);
        var added = await cipher.SealAsync(stateName, value, cancellationToken);
        return await cipher.OpenAsync(stateName, await state.GetOrAddStateAsync(stateName, added, cancellationToken), cancellationToken);
    }

    public override async Task SetStateAsync<T>(string stateName, T value, CancellationToken cancellationToken = default)
    {
        if (types.Contains(typeof(T)))
            await state.SetStateAsync(stateName, await cipher.SealAsync(stateName, value, cancellationToken), cancellationToken);
        else
            await state.SetStateAsync(stateName, value, cancellationToken);
    }

    public override Task UnloadStateAsync(string stateName, UnloadStateOptions? options = null, CancellationToken cancellationToken = default) =>
        state.UnloadStateAsync(stateName, options, cancellationToken);

    public override Task RemoveStateAsync(string stateName, CancellationToken cancellationToken = default) => state.RemoveStateAsync(stateName, cancellationToken);

    public override Task<bool> TryRemoveStateAsync(string stateName, CancellationToken cancellationToken = default) => state.TryRemoveStateAsync(stateName, cancellationToken);

    public override Task<bool> ContainsStateAsync(string stateName, CancellationToken cancellationToken = default) => state.ContainsStateAsync(stateName, cancellationToken);

    public override Task ClearCacheAsync(CancellationToken cancellationToken = default) => state.ClearCacheAsync(cancellationToken);

    public override Task SaveStateAsync(CancellationToken cancellationToken = default) => state.SaveStateAsync(cancellationToken);
}
