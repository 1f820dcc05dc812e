using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Turns;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Sessions;

/// <summary>Sessions that are removed when they have not been used for so long. A message and a touch move the end; an open turn keeps the session.</summary>
public static class SessionExpiry
{
    /// <summary>A session with an open turn is looked at again after this.</summary>
    private static readonly TimeSpan WhileBusy = TimeSpan.FromSeconds(60);

    /// <summary>When a session ends if nothing is done with it; null: never.</summary>
    public static DateTimeOffset? EndOf(SessionRecord session) =>
        session.TtlSeconds is { } seconds ? session.LastActive.AddSeconds(seconds) : null;

    /// <summary>A time to live that a session may have.</summary>
    /// <param name="asked">What the request says: 0 for never, null for the configured one.</param>
    /// <param name="configured">Seconds; 0 for never.</param>
    public static Result<SessionTtl> Choose(int? asked, int configured) => (asked ?? configured) switch
    {
        0 => new SessionTtl(null),
        >= SessionLimits.MinTtlSeconds and <= SessionLimits.MaxTtlSeconds and var seconds => new SessionTtl(seconds),
        _ => SessionRefusals.InvalidTtl,
    };

    /// <summary>Looks at the session that is due: it is removed, or the next part of it is, or its end has moved.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="index">Its sessions.</param>
    /// <param name="expiries">When sessions end.</param>
    /// <param name="session">The session that is due, as stored; null when there is none.</param>
    /// <param name="id">Its id.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<SessionChange> Expire(
        TurnInputs inputs, SessionIndex index, SessionExpiries expiries, SessionRecord? session, string id, long epoch, DateTimeOffset now)
    {
        if (session is null || session is { IsDeleted: false, TtlSeconds: null })
            return Look(expiries.Without(id));
        var isBusy = inputs.Turns?.IsBusy(id) ?? false;
        if (session.IsDeleted || !isBusy && EndOf(session) <= now)
            return SessionChanges.Delete(inputs, index, expiries, session, id, epoch, now);
        return Look(expiries.With(id, isBusy ? now + WhileBusy : EndOf(session)!.Value));

        Result<SessionChange> Look(SessionExpiries after) => StoredConversation.CheckHead(inputs.Head) is { } damaged
            ? damaged
            : new SessionChange(id, session)
            {
                IsChanged = true,
                Expiries = after,
                Agent = new AgentChange(inputs.Head with { Epoch = epoch, NextExpiry = after.Next }),
            };
    }
}

/// <summary>How long a session lives unused.</summary>
/// <param name="Seconds">Null: for ever.</param>
public sealed record SessionTtl(int? Seconds);
