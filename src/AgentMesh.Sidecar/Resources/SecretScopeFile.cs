using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Secrets;

namespace AgentMesh.Sidecar.Resources;

/// <summary>Reads <c>spec.secrets.scopes[]</c> of a Configuration resource.</summary>
internal static class SecretScopeFile
{
    /// <summary>By secret store; empty when there is no file.</summary>
    /// <exception cref="LauncherException">The file is broken, or names a store twice: what is meant to be closed must not be open.</exception>
    public static IReadOnlyDictionary<string, SecretScope> Read(string? file)
    {
        var scopes = new Dictionary<string, SecretScope>(StringComparer.Ordinal);
        foreach (var scope in file is null ? [] : YamlSection.Parse(file, File.ReadAllText(file))?.Section("spec")?.Section("secrets")?.Sections("scopes") ?? [])
        {
            var store = scope.Text("storeName") ?? throw scope.Error("storeName", "is missing");
            var access = scope.Text("defaultAccess");
            if (access is not null && !access.Equals("allow", StringComparison.OrdinalIgnoreCase) && !access.Equals("deny", StringComparison.OrdinalIgnoreCase))
                throw scope.Error("defaultAccess", $"must be allow or deny, not '{access}'");
            if (!scopes.TryAdd(store, new SecretScope
            {
                DeniesByDefault = access?.Equals("deny", StringComparison.OrdinalIgnoreCase) ?? false,
                Allowed = scope.Texts("allowedSecrets") ?? [],
                Denied = scope.Texts("deniedSecrets") ?? [],
            }))
                throw scope.Error("storeName", $"'{store}' is scoped twice");
        }

        return scopes;
    }
}
