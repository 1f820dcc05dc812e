using AgentMesh.Agents.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Mail;

/// <summary>What an owner does with the mailbox beside sending.</summary>
public static class MailOwner
{
    /// <summary>Sets the policy; null: the default is in force again.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<MailStep> SetPolicy(MailInputs inputs, MailPolicy? policy, long epoch, DateTimeOffset now)
    {
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        opened.Value.Book = opened.Value.Book with { Policy = policy };
        return opened.Value.ToStep(epoch);
    }

    /// <summary>Somebody has dealt with a received message: it makes room when there is none.</summary>
    /// <param name="inputs">The agent's records.</param>
    /// <param name="n">Its number.</param>
    /// <param name="mail">The message; null: it is not there.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<MailStep> Read(MailInputs inputs, long n, InMail? mail, long epoch, DateTimeOffset now)
    {
        var opened = MailWriter.Open(inputs, now);
        if (opened.IsRefused)
            return opened.Refusal;
        if (mail is null || n > opened.Value.Head.MailIn)
            return MailRefusals.MailNotFound;
        if (mail.State is InMailState.Waiting or InMailState.Answering)
            return MailRefusals.MailIsAnswered;
        if (mail.State != InMailState.Stored)
            return new MailStep(null, []);
        opened.Value.Replace(n, mail with { State = InMailState.Read });
        return opened.Value.ToStep(epoch);
    }

    /// <summary>Sends a dead message again, as a new one. A repeat finds the one it became.</summary>
    /// <param name="inputs">The agent's records; with its money, when the message or the oldest carried some.</param>
    /// <param name="n">Its number.</param>
    /// <param name="mail">The message.</param>
    /// <param name="sender">The agent.</param>
    /// <param name="oldest">The message that makes room for the new one; null: it is not there.</param>
    /// <param name="epoch">The epoch of this activation.</param>
    /// <param name="now">The time.</param>
    public static Result<SentStep> Replay(MailInputs inputs, long n, OutMail mail, AgentKey sender, OutMail? oldest, long epoch, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var requestId = "replay:" + mail.Id;
        if (mail.ReplayedAs is { } earlier && earlier <= inputs.Turn.Head.MailOut)
            return new SentStep(new MailStep(null, []), [MailId.Of(earlier, requestId, null)]);
        if (mail.State != OutMailState.Dead || mail.Failure is not null)
            return MailRefusals.MailNotDead;
        var draft = new MailDraft([mail.To], mail.Content, null, mail.InReplyTo is null ? mail.Funds : null, mail.InReplyTo, mail.Topic) { Replays = mail };
        var origin = new MailOrigin(requestId, null, PostRequest.Create("", null, null, null), null, mail.Via.RemoveAt(mail.Via.Length - 1));
        var sent = MailSending.Send(inputs, sender, draft, origin, oldest is null ? [] : [oldest], epoch, now);
        if (sent.IsRefused)
            return sent.Refusal;
        var change = sent.Value.Step.Change!;
        var records = change.Mail! with { Sent = change.Mail.Sent.Insert(0, (n, mail with { ReplayedAs = change.Head.MailOut })) };
        return sent.Value with { Step = sent.Value.Step with { Change = change with { Mail = records } } };
    }
}
