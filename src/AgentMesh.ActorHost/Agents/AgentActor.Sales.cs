using AgentMesh.ActorHost.Tools;
using AgentMesh.Agents.Conversation;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Agents;

/// <summary>What others can buy of the agent.</summary>
internal sealed partial class AgentActor
{
    public Task<Reply<Sales>> GetSales(CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        var head = await _records.LoadHeadAsync(null, cancellationToken);
        if (head is not null && StoredConversation.CheckHead(head) is { } refusal)
            return Refused<Sales>(refusal);
        return new Reply<Sales>(new Sales(head?.Wallet, head?.Wallet is null ? [] : [.. _services.Tools.ForSale.Select(ToPaidTool)]), null);
    });

    private static PaidTool ToPaidTool(AgentTool tool) =>
        new(tool.Name, tool.Function.Description, tool.Function.JsonSchema.GetRawText(), tool.PriceUsd!);
}
