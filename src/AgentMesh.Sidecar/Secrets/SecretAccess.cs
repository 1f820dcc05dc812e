using AgentMesh.Sidecar.Http;

namespace AgentMesh.Sidecar.Secrets;

/// <summary>The secrets one app may read (dapr:pkg/api/universal/secrets.go).</summary>
/// <param name="stores">Secret stores by component name.</param>
/// <param name="scopes">By component name; a store without one is open.</param>
internal sealed class SecretAccess(IReadOnlyDictionary<string, SecretStore> stores, IReadOnlyDictionary<string, SecretScope> scopes)
{
    public static readonly SecretAccess None = new(new Dictionary<string, SecretStore>(), new Dictionary<string, SecretScope>());

    /// <summary>The values of one secret.</summary>
    public (IReadOnlyDictionary<string, string>? Values, DaprError? Error) Get(string storeName, string name)
    {
        if (Find(storeName, out var store) is { } unknown)
            return (null, unknown);
        if (!Allows(storeName, name))
            return (null, new DaprError(StatusCodes.Status403Forbidden, "ERR_PERMISSION_DENIED", $"access denied by policy to get \"{name}\" from \"{storeName}\""));
        return store.Get(name) is { } values
            ? (values, null)
            : (null, new DaprError(
                StatusCodes.Status500InternalServerError, "ERR_SECRET_GET", $"failed getting secret with key {name} from secret store {storeName}: secret {name} not found"));
    }

    /// <summary>All secrets the app may read.</summary>
    public (IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Secrets, DaprError? Error) GetAll(string storeName)
    {
        if (Find(storeName, out var store) is { } unknown)
            return (new Dictionary<string, IReadOnlyDictionary<string, string>>(), unknown);
        return (store.All.Where(secret => Allows(storeName, secret.Key)).ToDictionary(secret => secret.Key, secret => secret.Value, StringComparer.Ordinal), null);
    }

    private DaprError? Find(string storeName, out SecretStore store)
    {
        store = null!;
        return stores.Count == 0 ? new DaprError(StatusCodes.Status500InternalServerError, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured")
            : stores.TryGetValue(storeName, out store!) ? null
            : new DaprError(StatusCodes.Status401Unauthorized, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {storeName}");
    }

    private bool Allows(string storeName, string name) => !scopes.TryGetValue(storeName, out var scope) || scope.Allows(name);
}
