using AgentMesh.Evm;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.Selling;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Agents;

/// <summary>Reads what is known of an agent: of itself, and of the chain.</summary>
internal sealed class InfoReader(AgentCalls calls, BalanceClient balances)
{
    /// <summary>Reads it; an agent never used has count 0.</summary>
    public async Task<Result<InfoResponse>> ReadAsync(AgentKey agent, CancellationToken cancellationToken)
    {
        var result = await calls.GetInfoAsync(agent, cancellationToken);
        if (result.IsRefused)
            return result.Refusal;
        var info = result.Value;
        var balance = await balances.ReadAsync(info.WalletAddress, cancellationToken);
        // UtcDateTime: written with Z.
        return new InfoResponse(
            agent.User.ToString(), info.WalletAddress, info.MessageCount, BudgetResponse.Of(info.Budget), info.CreatedAt?.UtcDateTime, info.LastActive?.UtcDateTime,
            UInt256.TryParse(balance?.AmountAtomic, out var amount) ? InfoBalance.Of(balances.Token, amount) : null, balance?.Reason);
    }
}
