using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Mail;

/// <summary>
/// Which of the received messages is answered next: the first that can be. One whose session is paused waits for its budget, and with it those of the same
/// sender behind it, because a pair has one session; the others pass them, some with money of their own.
/// </summary>
public static class MailOrder
{
    /// <summary>False: the message waits until its session goes on.</summary>
    /// <param name="mail">The message.</param>
    /// <param name="turns">The turns that are not over; null: there are none.</param>
    public static bool MayBegin(InMail mail, TurnTable? turns)
    {
        ArgumentNullException.ThrowIfNull(mail);
        return turns?.PausedIn(MailAnswers.SessionOf(mail.From)) is null;
    }
}
