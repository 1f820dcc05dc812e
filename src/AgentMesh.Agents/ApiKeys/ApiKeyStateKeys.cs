namespace AgentMesh.Agents.ApiKeys;

/// <summary>Names of the state records of a tenant's API keys. Also the layout in the store, so never changed, only added to.</summary>
public static class ApiKeyStateKeys
{
    /// <summary>Key of the <see cref="ApiKeyBook"/>.</summary>
    public const string Book = "keys";

    /// <summary>Key of an <see cref="ApiKeyRecord"/>.</summary>
    public static string Key(string id) => "key-" + id;
}
