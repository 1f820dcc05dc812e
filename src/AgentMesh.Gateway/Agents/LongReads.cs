using System.Threading.RateLimiting;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Agents;

/// <summary>
/// Pages of an agent's history and mail may have megabytes, and an export more. So many who ask for them at once, or do not take what they asked for, neither keep the machine busy nor its
/// memory full: this process asks one agent for one at a time, as it answers them, the others wait, and it has 32 of them that are not yet taken.
/// </summary>
internal sealed class LongReads : IDisposable
{
    /// <summary>Of one agent, from the request to the last byte of its answer.</summary>
    public const int MaxAtOnce = 32;

    /// <summary>Of one agent, that it is asked for.</summary>
    public const int MaxAsked = 1;

    private static readonly Refusal TooMany = new(EdgeRefusals.TooManyCalls, $"{MaxAtOnce} pages and exports of the agent are read at a time here; take what was asked for.");

    private readonly PartitionedRateLimiter<AgentKey> _all = Limiter(MaxAtOnce, waiting: 0);
    private readonly PartitionedRateLimiter<AgentKey> _asked = Limiter(MaxAsked, waiting: MaxAtOnce);

    /// <summary>Begins a request that may have much to send; it counts until it is over. What it is refused with: <c>too_many_calls</c>, or null.</summary>
    public static Refusal? Begin(HttpContext context)
    {
        var place = Of(context)._all.AttemptAcquire(AgentPath.KeyOf(context));
        context.Response.RegisterForDispose(place);
        return place.IsAcquired ? null : TooMany;
    }

    /// <summary>Begins a request and reads its page when its turn has come.</summary>
    /// <param name="context">The request.</param>
    /// <param name="read">Asks the agent.</param>
    /// <returns>What the agent says, or <c>too_many_calls</c>.</returns>
    public static async Task<Result<T>> ReadAsync<T>(HttpContext context, Func<AgentCalls, AgentKey, CancellationToken, Task<Result<T>>> read)
        where T : notnull
    {
        if (Begin(context) is { } refusal)
            return refusal;
        var agent = AgentPath.KeyOf(context);
        using var turn = await Of(context)._asked.AcquireAsync(agent, 1, context.RequestAborted);
        return await read(AgentCalls.Of(context), agent, context.RequestAborted);
    }

    public void Dispose()
    {
        _all.Dispose();
        _asked.Dispose();
    }

    private static LongReads Of(HttpContext context) => context.RequestServices.GetRequiredService<LongReads>();

    private static PartitionedRateLimiter<AgentKey> Limiter(int permits, int waiting) => PartitionedRateLimiter.Create<AgentKey, AgentKey>(
        agent => RateLimitPartition.GetConcurrencyLimiter(agent, _ => new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = waiting }));
}
