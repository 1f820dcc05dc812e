using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Owner;

/// <summary>Removes everything an agent has, and what others know of it. What is cut off in between is gone on with by a repeat.</summary>
internal sealed class AgentEraser(AgentCalls calls, WatchHub watchers)
{
    /// <summary>The kind of record: the agent's name in its tenant's index of due work.</summary>
    private const string DueWork = "due";

    /// <summary>The kind of record: the agent's name in its tenant's list of wallets.</summary>
    private const string Wallets = "wallets";

    /// <summary>The kind of record: the agent's line in its tenant's list of agents.</summary>
    private const string Agents = "agents";

    /// <summary>Those of the app that a request came to.</summary>
    public static AgentEraser Of(HttpContext context) => context.RequestServices.GetRequiredService<AgentEraser>();

    /// <summary>Removes it all.</summary>
    /// <param name="agent">Which.</param>
    /// <param name="cancellationToken">Leaves it as far as it has come.</param>
    public async Task<Result<ErasedAgent>> EraseAsync(AgentKey agent, CancellationToken cancellationToken)
    {
        var request = new EraseAgent(RequestId.New());
        // First, while the agent knows them: an erased agent that stays a member would be written to, and so begin anew.
        if (await calls.LeaveTopicsAsync(agent, cancellationToken) is { } stays)
            return stays;
        var removed = new SortedDictionary<string, int>(StringComparer.Ordinal);
        Result<Erasure> part;
        // Each part makes what is left smaller, so the loop ends.
        do
        {
            part = await calls.EraseAsync(agent, request, cancellationToken);
            if (part.IsRefused)
                return part.Refusal;
            foreach (var (kind, count) in part.Value.Records)
                removed[kind] = removed.GetValueOrDefault(kind) + count;
        }
        while (!part.Value.IsDone);
        // Those who watch through this gateway need not wait for the announcement, which may be lost.
        watchers.Find(agent.ToString())?.Announce(0);
        // Last, so that nothing of the agent notes it again. Without it a receipt would keep quiet about a name that is still there.
        var forgotten = await calls.ForgetAsync(agent, cancellationToken);
        if (forgotten.IsRefused)
            return forgotten.Refusal;
        if (forgotten.Value.Entries is > 0 and var entries)
            removed[DueWork] = entries;
        if (forgotten.Value.Wallets is > 0 and var wallets)
            removed[Wallets] = wallets;
        if (forgotten.Value.Agents is > 0 and var agents)
            removed[Agents] = agents;
        return new ErasedAgent(removed, part.Value);
    }
}

/// <summary>What an erasure has done.</summary>
/// <param name="Removed">How many records of each kind were there and are gone.</param>
/// <param name="Last">The answer of the agent to the last part, with what it keeps.</param>
internal sealed record ErasedAgent(IReadOnlyDictionary<string, int> Removed, Erasure Last);
