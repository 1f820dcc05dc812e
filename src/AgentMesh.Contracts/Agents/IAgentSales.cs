using Dapr.Actors;

namespace AgentMesh.Contracts.Agents;

/// <summary>What others can buy of an agent.</summary>
public interface IAgentSales : IActor
{
    /// <summary>Reads it. An agent never used has no address to pay to, and sells nothing.</summary>
    Task<Reply<Sales>> GetSales(CancellationToken cancellationToken);
}

/// <summary>What an agent sells.</summary>
/// <param name="PayTo">The address of its wallet; null: it has none, and nothing can be bought.</param>
/// <param name="Tools">In the order they were added.</param>
public sealed record Sales(string? PayTo, IReadOnlyList<PaidTool> Tools);

/// <summary>A tool that others may call for a price.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="InputSchema">The JSON schema of its arguments, as text.</param>
/// <param name="PriceUsd">US dollars as a decimal number with at most six decimals.</param>
public sealed record PaidTool(string Name, string Description, string InputSchema, string PriceUsd);
