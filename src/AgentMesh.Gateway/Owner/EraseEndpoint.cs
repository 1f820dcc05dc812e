using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Gateway.Watching;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Owner;

/// <summary><c>DELETE /agent/{userId}</c>: removes everything an agent has, and says what that was. Safe to repeat: what is left is removed.</summary>
internal static class EraseEndpoint
{
    private const string ActorState = "actor state";

    /// <summary>The kind of record in the receipt: the agent's name in its tenant's index of due work.</summary>
    private const string DueWork = "due";

    /// <summary>The kind of record in the receipt: the agent's name in its tenant's list of wallets.</summary>
    private const string Wallets = "wallets";

    /// <summary>The kind of record in the receipt: the agent's line in its tenant's list of agents.</summary>
    private const string Agents = "agents";

    private const string WhyPaymentsAreKept = "Records of money that was moved, or may have been, are kept as accounts: who paid whom how much, when and for what; nothing that was said.";

    private const string WhySpendingIsKept = "What may be spent, and what was: the limits, the policy, and sums by window. Without them starting anew would refill every budget.";

    private const string WhyAFreezeIsKept = "An operator has stopped what the agent spends, and why, and since when. It ends with the operator's word, not by starting anew.";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapDelete("/agent/{userId}", AnswerAsync)
        .Describe("Removes everything the agent has, and says what that was.", operation => operation.Answers<EraseReceipt>());

    // Each part makes what is left smaller, so the loop ends; a caller that leaves in between deletes again.
    private static async Task AnswerAsync(HttpContext context)
    {
        var agent = AgentPath.KeyOf(context);
        var calls = AgentCalls.Of(context);
        var request = new EraseAgent(RequestId.New());
        // First, while the agent knows them: an erased agent that stays a member would be written to, and so begin anew.
        if (await calls.LeaveTopicsAsync(agent, context.RequestAborted) is { } stays)
        {
            await Problem.WriteAsync(context, stays);
            return;
        }

        var removed = new SortedDictionary<string, int>(StringComparer.Ordinal);
        while (true)
        {
            var part = await calls.EraseAsync(agent, request, context.RequestAborted);
            if (part.IsRefused)
            {
                await Problem.WriteAsync(context, part.Refusal);
                return;
            }

            foreach (var (kind, count) in part.Value.Records)
                removed[kind] = removed.GetValueOrDefault(kind) + count;
            if (!part.Value.IsDone)
                continue;
            // Those who watch through this gateway need not wait for the announcement, which may be lost.
            context.RequestServices.GetRequiredService<WatchHub>().Find(agent.ToString())?.Announce(0);
            // Last, so that nothing of the agent notes it again. Without it the receipt would keep quiet about a name that is still there.
            var forgotten = await calls.ForgetAsync(agent, context.RequestAborted);
            if (forgotten.IsRefused)
            {
                await Problem.WriteAsync(context, forgotten.Refusal);
                return;
            }

            if (forgotten.Value.Entries is > 0 and var entries)
                removed[DueWork] = entries;
            if (forgotten.Value.Wallets is > 0 and var wallets)
                removed[Wallets] = wallets;
            if (forgotten.Value.Agents is > 0 and var agents)
                removed[Agents] = agents;
            var receipt = new EraseReceipt(
                agent.User.ToString(),
                context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime,
                new Dictionary<string, IReadOnlyDictionary<string, int>> { [ActorState] = removed },
                [.. KeptOf(part.Value)]);
            await JsonAnswer.WriteAsync(context, receipt, GatewayJson.Answers.EraseReceipt);
            return;
        }
    }

    private static IEnumerable<KeptRecords> KeptOf(Erasure erasure)
    {
        if (erasure.KeptPayments > 0)
            yield return new KeptRecords("payments", erasure.KeptPayments, WhyPaymentsAreKept);
        if (erasure.KeepsFreeze)
            yield return new KeptRecords("freeze", 1, WhyAFreezeIsKept);
        if (erasure.KeptSpending > 0)
            yield return new KeptRecords("spending", erasure.KeptSpending, WhySpendingIsKept);
    }
}

/// <summary>What an erasure has done.</summary>
/// <param name="UserId">The user.</param>
/// <param name="ErasedAt">When it was done.</param>
/// <param name="Stores">By store: how many records of each kind were there and are gone.</param>
/// <param name="Kept">What was kept, and why.</param>
internal sealed record EraseReceipt(
    string UserId, DateTime ErasedAt, IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Stores, IReadOnlyList<KeptRecords> Kept);

/// <summary>What an erasure has left.</summary>
/// <param name="Kind">What it is: <c>payments</c>, still to be read at <c>/agent/{userId}/payments</c>, <c>freeze</c>, or <c>spending</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Why">For people.</param>
internal sealed record KeptRecords(string Kind, long Count, string Why);
