using System.Globalization;

namespace AgentMesh.Agents.DueWork;

/// <summary>
/// Names of a tenant's state records. Also the layout in the store, so never changed, only added to. What they hold of an agent is removed with it
/// (<see cref="DueTable.Forget"/>, <see cref="AgentMesh.Agents.Wallets.WalletTable.Forget"/>,
/// <see cref="AgentMesh.Agents.Quotas.AgentTable.Forget"/>, <see cref="AgentMesh.Agents.Quarantine.QuarantinedAgents.Release"/>).
/// </summary>
public static class TenantStateKeys
{
    /// <summary>Key of the <see cref="DueIndex"/>.</summary>
    public const string Due = "due";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Wallets.WalletIndex"/>.</summary>
    public const string Wallets = "wallets";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Quotas.AgentIndex"/>.</summary>
    public const string Agents = "agents";

    /// <summary>Key of the <see cref="AgentMesh.Agents.TenantBudgets.TenantControl"/>.</summary>
    public const string Control = "control";

    /// <summary>Key of the <see cref="AgentMesh.Agents.TenantBudgets.TenantLedger"/>.</summary>
    public const string Budget = "budget";

    /// <summary>Key of the <see cref="AgentMesh.Agents.Quarantine.QuarantinedAgents"/>.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>Key of a <see cref="AgentMesh.Agents.Wallets.WalletShard"/>.</summary>
    public static string WalletShard(int n) => string.Create(CultureInfo.InvariantCulture, $"wallets:{n}");

    /// <summary>Key of an <see cref="AgentMesh.Agents.Quotas.AgentShard"/>.</summary>
    public static string AgentShard(int n) => string.Create(CultureInfo.InvariantCulture, $"agents:{n}");

    /// <summary>Key of a <see cref="DueShard"/>.</summary>
    public static string DueShard(int n) => string.Create(CultureInfo.InvariantCulture, $"due:{n}");
}
