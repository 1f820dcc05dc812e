using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Purchases;

/// <summary>A body, of what is sent or of what was answered: too long to be written with each step. State keys <c>purchase-body:{id}</c> and <c>purchase-answer:{id}</c>.</summary>
/// <param name="Bytes">All of it, base64 in JSON.</param>
public sealed record PurchaseBody(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.PurchaseBody;
}
