using AgentMesh.Cli.Budgets;
using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.Agents;

/// <summary>What is known of an agent, as the gateway tells it.</summary>
/// <param name="UserId">The user.</param>
/// <param name="MessageCount">Messages of all sessions.</param>
/// <param name="Budget">Its limits.</param>
/// <param name="WalletAddress">Null: it has no wallet yet.</param>
/// <param name="CreatedAt">Null: it was never used.</param>
/// <param name="LastActive">Null: it was never used.</param>
/// <param name="Balance">Null: nobody knows.</param>
/// <param name="BalanceReason">Why nobody knows.</param>
internal sealed record InfoDocument(
    string UserId, long MessageCount, BudgetDocument Budget, string? WalletAddress = null, DateTimeOffset? CreatedAt = null, DateTimeOffset? LastActive = null,
    BalanceDocument? Balance = null, string? BalanceReason = null) : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => Budget.IsReadable();
}

/// <summary>What a wallet has.</summary>
/// <param name="Asset">The token's contract.</param>
/// <param name="Network">Its chain.</param>
/// <param name="Amount">In units, for people.</param>
internal sealed record BalanceDocument(string Asset, string Network, string Amount);
