using System.Text.Json.Serialization;
using AgentMesh.Evm;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Problems;
using AgentMesh.X402.Networks;

namespace AgentMesh.Gateway.Agents;

/// <summary><c>GET /agent/{userId}/info</c>: counters and times, and what the wallet has; an agent never used is 200 with count 0.</summary>
internal static class InfoEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/agent/{userId}/info", AnswerAsync)
        .Describe("Reads what is known of the agent; of one never used, that it was not.", operation => operation.Answers<InfoResponse>());

    private static async Task AnswerAsync(HttpContext context)
    {
        var reader = context.RequestServices.GetRequiredService<InfoReader>();
        var result = await reader.ReadAsync(AgentPath.KeyOf(context), context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.WriteAsync(context, result.Value, GatewayJson.Answers.InfoResponse);
    }
}

/// <summary>What is known of an agent.</summary>
/// <param name="UserId">The user.</param>
/// <param name="WalletAddress">The agent's address; null until it has a wallet.</param>
/// <param name="MessageCount">User and assistant messages of all sessions.</param>
/// <param name="Budget">Its limits.</param>
/// <param name="CreatedAt">First write; null for an agent never used.</param>
/// <param name="LastActive">Last write; null for an agent never used.</param>
/// <param name="Balance">What its wallet has; left out without a wallet, without a node of the chain, and when nobody knows.</param>
/// <param name="BalanceReason">Why nobody knows, one of <see cref="Contracts.Payments.BalanceReasons"/>; left out otherwise.</param>
internal sealed record InfoResponse(
    string UserId,
    string? WalletAddress,
    long MessageCount,
    BudgetResponse Budget,
    DateTime? CreatedAt,
    DateTime? LastActive,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] InfoBalance? Balance,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? BalanceReason);

/// <summary>What a wallet has of the token that prices are paid in, some seconds ago.</summary>
/// <param name="Asset">The token's contract.</param>
/// <param name="Network">Its chain, CAIP-2.</param>
/// <param name="AmountAtomic">Atomic units, decimal digits.</param>
/// <param name="Decimals">Digits behind the point of one unit.</param>
/// <param name="Amount">The same in units, for people.</param>
internal sealed record InfoBalance(string Asset, string Network, string AmountAtomic, int Decimals, string Amount)
{
    public static InfoBalance Of(TokenAsset token, UInt256 amount) => new(
        token.Address.ToString(), token.Network.ToString(), amount.ToString(), token.Decimals, DecimalAmount.Format(amount, token.Decimals));
}
