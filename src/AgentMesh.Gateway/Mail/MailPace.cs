using System.Threading.RateLimiting;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mail;

/// <summary>
/// Requests to send of one agent have a pace, so that who sends without a pause slows nobody else: more than that wait their turn, refused ones too. It is the
/// process's own and forgotten with it; how many messages an agent sends is for the agent to say.
/// </summary>
internal sealed class MailPace : IDisposable
{
    /// <summary>Served at once when the agent has sent nothing for a while.</summary>
    public const int Burst = 20;

    /// <summary>Requests of an agent that wait at most.</summary>
    public const int MaxWaiting = 100;

    private const int PeriodsPerSecond = 10;

    private readonly PartitionedRateLimiter<AgentKey> _limiter;
    private readonly Reply<SentMail> _full;

    public MailPace(MailPaceOptions options)
    {
        var perSecond = options.SendsPerSecond;
        var pace = new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(Burst, perSecond / PeriodsPerSecond),
            TokensPerPeriod = Math.Max(1, perSecond / PeriodsPerSecond),
            ReplenishmentPeriod = TimeSpan.FromSeconds(perSecond < PeriodsPerSecond ? 1.0 / perSecond : 1.0 / PeriodsPerSecond),
            QueueLimit = MaxWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        _limiter = PartitionedRateLimiter.Create<AgentKey, AgentKey>(agent => RateLimitPartition.GetTokenBucketLimiter(agent, _ => pace));
        var refusal = new Refusal(
            MailCodes.MailRateLimited, $"The agent has {MaxWaiting} requests to send waiting here; {perSecond} are served in a second (AgentMesh__Mail__SendsPerSecond).");
        _full = new Reply<SentMail>(null, refusal) { RateLimit = new RateLimit(perSecond, 1, 0, (MaxWaiting + perSecond - 1) / perSecond) };
    }

    /// <summary>Waits for the turn of a request of the agent.</summary>
    /// <param name="agent">The sender.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <returns>Null: it has come. Else what to answer.</returns>
    public async ValueTask<Reply<SentMail>?> WaitAsync(AgentKey agent, CancellationToken cancellationToken)
    {
        using var turn = await _limiter.AcquireAsync(agent, 1, cancellationToken);
        return turn.IsAcquired ? null : _full;
    }

    public void Dispose() => _limiter.Dispose();
}
