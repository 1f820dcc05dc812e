namespace AgentMesh.Agents.Quotas;

/// <summary>An agent of the tenant.</summary>
/// <param name="User">Whose.</param>
/// <param name="Bytes">What its messages take, as far as the list knows; encoded bytes. A JSON integer below 2^53.</param>
public sealed record AgentEntry(string User, long Bytes);
