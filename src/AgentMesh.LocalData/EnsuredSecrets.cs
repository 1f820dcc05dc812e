namespace AgentMesh.LocalData;

/// <summary>A file of secrets that has what it has to have.</summary>
/// <param name="Content">The file's bytes.</param>
/// <param name="Made">The names that it did not have.</param>
public sealed record EnsuredSecrets(ReadOnlyMemory<byte> Content, IReadOnlyList<string> Made)
{
    /// <summary>The names, never a value.</summary>
    public override string ToString() => string.Join(", ", Made);
}
