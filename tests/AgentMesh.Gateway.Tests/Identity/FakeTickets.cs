using System.Collections.Concurrent;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>Agents that spend tickets, for all gateways of a test.</summary>
internal sealed class FakeTickets
{
    private readonly ConcurrentDictionary<string, string> _spent = new();

    /// <summary>What agents were asked.</summary>
    public ConcurrentQueue<(string Agent, UseTicket Use)> Uses { get; } = new();

    public string? Answer(SidecarCall call)
    {
        if (!call.Path.EndsWith("/" + nameof(IAgentTickets.UseTicket), StringComparison.Ordinal))
            return null;
        var use = JsonSerializer.Deserialize(call.Body, ContractsJson.Default.UseTicket)!;
        Uses.Enqueue((call.Path.Split('/')[^3], use));
        return JsonSerializer.Serialize(new Reply<TicketUse>(new TicketUse(_spent.GetOrAdd(use.Id, use.UseId) == use.UseId), null), ContractsJson.Default.ReplyTicketUse);
    }
}
