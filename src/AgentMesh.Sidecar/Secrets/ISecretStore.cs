namespace AgentMesh.Sidecar.Secrets;

/// <summary>A secret store. A secret is one or several named values. Values are never logged.</summary>
internal interface ISecretStore
{
    /// <summary>The values of one secret; null when the store has no such secret.</summary>
    IReadOnlyDictionary<string, string>? Get(string name);

    /// <summary>All secrets.</summary>
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll();
}
