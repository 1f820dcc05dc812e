namespace AgentMesh.LocalData;

/// <summary>What became of a rotation.</summary>
/// <param name="Outcome">Whether there is a new key.</param>
/// <param name="Keys">Keys that the secret has now; 0 when it has none that can be read.</param>
public sealed record KeyRotation(KeyRotationOutcome Outcome, int Keys);

/// <summary>Whether there is a new key.</summary>
public enum KeyRotationOutcome
{
    /// <summary>There is, in front of the older ones.</summary>
    Rotated,

    /// <summary>There is no such file, or no such secret in it: nothing that a new key could follow.</summary>
    Missing,

    /// <summary>The secret is no list of keys. It stays as it is.</summary>
    Malformed,

    /// <summary>The secret has as many keys as are read, and none may go unasked: wallets may still need it.</summary>
    Full,
}
