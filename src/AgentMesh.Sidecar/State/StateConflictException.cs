namespace AgentMesh.Sidecar.State;

/// <summary>A <see cref="StateRules"/> of a transaction does not hold: the key has another version. Nothing was applied.</summary>
internal sealed class StateConflictException(string key) : Exception($"failed to set key {key}")
{
    public string Key { get; } = key;
}
