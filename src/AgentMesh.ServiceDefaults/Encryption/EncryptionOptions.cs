using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Secrets;

namespace AgentMesh.ServiceDefaults.Encryption;

/// <summary>Section <c>AgentMesh:Encryption</c>: what messages say is stored encrypted.</summary>
public sealed class EncryptionOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "AgentMesh:Encryption";

    private const string None = "none";
    private const string All = "all";

    private HashSet<string>? _tenants;

    /// <summary>
    /// Whose records are encrypted when they are next written: <c>none</c> (default), <c>all</c>, or tenants with commas between. What is encrypted is
    /// read whatever this says, as long as its key is there, and so is what is not.
    /// </summary>
    public string Tenants { get; set; } = None;

    /// <summary>
    /// Where the master keys are, in the form of the wallets' master keys: <c>STORE/NAME</c> or <c>STORE/NAME/KEY</c> of a Dapr secret store; 32 bytes in
    /// base64 each, the newest first, with commas between. Default none: nothing is encrypted, and nothing that is can be read.
    /// </summary>
    public string? KeysSecret { get; set; }

    /// <summary>There are keys.</summary>
    public bool IsOn => !string.IsNullOrWhiteSpace(KeysSecret);

    /// <summary>Why the settings cannot work, in a sentence; null: they can.</summary>
    internal string? WhyNot
    {
        get
        {
            if (Tenants is not (None or All) && TenantsOf(Tenants).Any(tenant => !TenantId.TryParse(tenant, out _)))
                return $"{Variable(nameof(Tenants))} is {None}, {All}, or tenants with commas between.";
            if (IsOn)
                return SecretPlace.TryParse(KeysSecret, out _) ? null : $"{Variable(nameof(KeysSecret))} is STORE/NAME or STORE/NAME/KEY.";
            return Tenants == None
                ? null
                : $"{Variable(nameof(KeysSecret))} is missing: STORE/NAME of a Dapr secret store that has the master key, or {Variable(nameof(Tenants))}={None}.";
        }
    }

    /// <summary>What is stored for the tenant from now on is encrypted.</summary>
    /// <param name="tenant">The tenant.</param>
    public bool Encrypts(string tenant) => Tenants switch
    {
        None => false,
        All => true,
        _ => (_tenants ??= [.. TenantsOf(Tenants)]).Contains(tenant),
    };

    internal static string Variable(string name) => $"AgentMesh__Encryption__{name}";

    private static string[] TenantsOf(string tenants) => tenants.Split(',', StringSplitOptions.TrimEntries);
}
