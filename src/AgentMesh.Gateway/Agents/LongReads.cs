using System.Threading.RateLimiting;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Agents;

/// <summary>
/// Pages of an agent's history and mail may have megabytes, and an export more. So many who ask for them at once, or do not take what they asked for, neither keep the machine busy nor its
/// memory full: this process asks one agent for one at a time, as it answers them, the others wait, and it has 32 of them that are not yet taken. By HTTP and by MCP: whoever answers with
/// such a page begins here and reads it here.
/// </summary>
internal sealed class LongReads(AgentCalls calls) : IDisposable
{
    /// <summary>Of one agent, from the request to the last byte of its answer.</summary>
    public const int MaxAtOnce = 32;

    /// <summary>Of one agent, that it is asked for. As many wait as may have begun: whoever has is not refused here.</summary>
    public const int MaxAsked = 1;

    private static readonly Refusal TooMany = new(EdgeRefusals.TooManyCalls, $"{MaxAtOnce} pages and exports of the agent are read at a time here; take what was asked for.");

    private readonly PartitionedRateLimiter<AgentKey> _all = Limiter(MaxAtOnce, waiting: 0);
    private readonly PartitionedRateLimiter<AgentKey> _asked = Limiter(MaxAsked, waiting: MaxAtOnce);

    /// <summary>Those of the app that a request came to.</summary>
    public static LongReads Of(HttpContext context) => context.RequestServices.GetRequiredService<LongReads>();

    /// <summary>Begins a request that may have much to send; it counts until it is over. What it is refused with: <c>too_many_calls</c>, or null.</summary>
    public static Refusal? Begin(HttpContext context)
    {
        var place = Of(context)._all.AttemptAcquire(AgentPath.KeyOf(context));
        context.Response.RegisterForDispose(place);
        return place.IsAcquired ? null : TooMany;
    }

    /// <summary>Reads a page of the conversation.</summary>
    public Task<Result<HistoryPage>> GetHistoryAsync(AgentKey agent, GetHistory page, CancellationToken cancellationToken) =>
        ReadAsync(agent, () => calls.GetHistoryAsync(agent, page, cancellationToken), cancellationToken);

    /// <summary>Reads a page of an inbox or outbox.</summary>
    public Task<Result<MailPage>> ListMailAsync(AgentKey agent, ListMail page, CancellationToken cancellationToken) =>
        ReadAsync(agent, () => calls.ListMailAsync(agent, page, cancellationToken), cancellationToken);

    public void Dispose()
    {
        _all.Dispose();
        _asked.Dispose();
    }

    private async Task<Result<T>> ReadAsync<T>(AgentKey agent, Func<Task<Result<T>>> read, CancellationToken cancellationToken)
        where T : class
    {
        using var turn = await _asked.AcquireAsync(agent, 1, cancellationToken);
        return turn.IsAcquired ? await read() : TooMany;
    }

    private static PartitionedRateLimiter<AgentKey> Limiter(int permits, int waiting) => PartitionedRateLimiter.Create<AgentKey, AgentKey>(
        agent => RateLimitPartition.GetConcurrencyLimiter(agent, _ => new ConcurrencyLimiterOptions { PermitLimit = permits, QueueLimit = waiting }));
}
