using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The mailbox. All of it only for the turn that needs it: no message of the conversation reads it.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>What there is to do, as stored; null when nothing is stored.</summary>
    public async ValueTask<MailBook?> LoadMailAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Mail);
        return (await state.TryGetStateAsync<MailBook>(StateKeys.Mail, cancellationToken)).Value;
    }

    /// <summary>A message that was sent; null when it is not there, or was never committed.</summary>
    public async ValueTask<OutMail?> LoadSentMailAsync(AgentHead head, long n, CancellationToken cancellationToken)
    {
        if (n < 1 || n > head.MailOut)
            return null;
        _ofTheTurn.Add(StateKeys.SentMail(n));
        return (await state.TryGetStateAsync<OutMail>(StateKeys.SentMail(n), cancellationToken)).Value;
    }

    /// <summary>A message that has come; null when it is not there, or was never committed.</summary>
    public async ValueTask<InMail?> LoadReceivedMailAsync(AgentHead head, long n, CancellationToken cancellationToken)
    {
        if (n < 1 || n > head.MailIn)
            return null;
        _ofTheTurn.Add(StateKeys.ReceivedMail(n));
        return (await state.TryGetStateAsync<InMail>(StateKeys.ReceivedMail(n), cancellationToken)).Value;
    }

    /// <summary>Up to where the mail of senders was taken.</summary>
    public async ValueTask<MailSenders> LoadMailSendersAsync(int bucket, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.MailSenders(bucket));
        return (await state.TryGetStateAsync<MailSenders>(StateKeys.MailSenders(bucket), cancellationToken)).Value ?? MailSenders.Empty;
    }

    private async Task SetAsync(MailRecords records, CancellationToken cancellationToken)
    {
        foreach (var (n, mail) in records.Sent)
            await SetAsync(StateKeys.SentMail(n), mail, cancellationToken);
        foreach (var (n, mail) in records.Received)
            await SetAsync(StateKeys.ReceivedMail(n), mail, cancellationToken);
        if (records.Senders is ({ } bucket, { } senders))
            await SetAsync(StateKeys.MailSenders(bucket), senders, cancellationToken);
        foreach (var key in records.Removed)
            await RemoveAsync(key, cancellationToken);
        await SetAsync(StateKeys.Mail, records.Book, cancellationToken);
    }

    private async Task SetAsync<T>(string key, T record, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(key);
        await state.SetStateAsync(key, record, cancellationToken);
    }
}
