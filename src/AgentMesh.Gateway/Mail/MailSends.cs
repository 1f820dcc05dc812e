using System.Collections.Concurrent;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mail;

/// <summary>
/// Has agents send messages. An agent that has sent as many as it may is not asked again for a second: who goes on all the same must not slow others down.
/// A request with a key is always asked for, because it may be a repeat of one that was accepted.
/// </summary>
internal sealed class MailSends(AgentCalls calls, MailPace pace, TimeProvider time)
{
    /// <summary>Agents that are remembered at most. When there are more, all are asked again.</summary>
    private const int MaxRemembered = 10_000;

    /// <summary>Short, so that what is answered says when the next message is taken to the second.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<AgentKey, (Reply<SentMail> Reply, long At)> _limited = new();

    /// <summary>Sends a message.</summary>
    /// <param name="agent">The sender.</param>
    /// <param name="mail">The message.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task<Reply<SentMail>> SendAsync(AgentKey agent, SendMail mail, CancellationToken cancellationToken)
    {
        if (await pace.WaitAsync(agent, cancellationToken) is { } full)
            return full;
        if (mail.IdempotencyKey is null && _limited.TryGetValue(agent, out var known))
        {
            if (time.GetElapsedTime(known.At) < Remembered)
                return known.Reply;
            _limited.TryRemove(new KeyValuePair<AgentKey, (Reply<SentMail>, long)>(agent, known));
        }

        var reply = await calls.SendMailAsync(agent, mail, cancellationToken);
        // For less than that there may be room before it is over.
        if (reply is { Refusal.Code: MailCodes.MailRateLimited, RateLimit: { Remaining: 0, ResetSeconds: > 1 } })
        {
            if (_limited.Count >= MaxRemembered)
                _limited.Clear();
            _limited[agent] = (reply, time.GetTimestamp());
        }

        return reply;
    }
}
