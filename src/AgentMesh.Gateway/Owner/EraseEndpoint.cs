using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Owner;

/// <summary><c>DELETE /agent/{userId}</c>: removes everything an agent has, and says what that was. Safe to repeat: what is left is removed.</summary>
internal static class EraseEndpoint
{
    private const string ActorState = "actor state";

    private const string WhyPaymentsAreKept = "Records of money that was moved, or may have been, are kept as accounts: who paid whom how much, when and for what; nothing that was said.";

    private const string WhySpendingIsKept = "What may be spent, and what was: the limits, the policy, and sums by window. Without them starting anew would refill every budget.";

    private const string WhyAFreezeIsKept = "An operator has stopped what the agent spends, and why, and since when. It ends with the operator's word, not by starting anew.";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapDelete("/agent/{userId}", AnswerAsync)
        .Describe("Removes everything the agent has, and says what that was.", operation => operation.Answers<EraseReceipt>());

    private static async Task AnswerAsync(HttpContext context)
    {
        var agent = AgentPath.KeyOf(context);
        var erased = await AgentEraser.Of(context).EraseAsync(agent, context.RequestAborted);
        if (erased.IsRefused)
        {
            await Problem.WriteAsync(context, erased.Refusal);
            return;
        }

        var receipt = new EraseReceipt(
            agent.User.ToString(),
            context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime,
            new Dictionary<string, IReadOnlyDictionary<string, int>> { [ActorState] = erased.Value.Removed },
            [.. KeptOf(erased.Value.Last)]);
        await JsonAnswer.WriteAsync(context, receipt, GatewayJson.Answers.EraseReceipt);
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
