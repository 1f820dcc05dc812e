using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Watching;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mail;

/// <summary>
/// Waits for the answer to a message, or for the word that there will be none: the sender's own events tell it, wherever the message went and at whatever
/// gateway it was sent. The sender itself is asked once more for what became of it.
/// </summary>
internal sealed class MailWaits(WatchHub hub, AgentCalls calls, TimeProvider timeProvider, IHostApplicationLifetime lifetime)
{
    /// <summary>The message when it has an answer or is dead or discarded; null when the time is up, this process is about to end, or the agent cannot be asked.</summary>
    /// <param name="sender">Who has sent it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="longest">When the time is up.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    /// <exception cref="OperationCanceledException">The caller is gone; the message goes on.</exception>
    public async Task<MailItem?> WaitAsync(AgentKey sender, string id, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var watcher = hub.Join(sender);
        using var timeout = new CancellationTokenSource(longest, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, lifetime.ApplicationStopping);
        await using var wake = end.Token.Register(static watcher => ((Watcher)watcher!).Wake(), watcher);
        using var expected = watcher.Agent.ExpectEvents();
        // Where the log ends comes first: what is behind it is seen by watching, and what is before it is known to the message.
        var info = await calls.GetInfoAsync(sender, cancellationToken);
        if (info.IsRefused || await watcher.StartAsync(info.Value.LastSeq, cancellationToken) is not null)
            return null;
        while (true)
        {
            // Asked once more when the time is up, though it was asked just before.
            var isLast = end.IsCancellationRequested;
            var mail = await calls.GetMailAsync(sender, new GetMail(IsSent: true, id), cancellationToken);
            if (mail.IsRefused)
                return null;
            if (mail.Value is { Reply: { } reply })
            {
                // Whoever has waited has it: it makes room in the inbox as one that was read there. Where that cannot be noted it waits there to be read.
                if (reply.State == MailStates.Stored)
                    await calls.ChangeMailAsync(sender, new ChangeMail(MailVerbs.Read, N: reply.N), cancellationToken);
                return mail.Value;
            }

            if (mail.Value is { State: MailStates.Dead or MailStates.Discarded })
                return mail.Value;
            if (isLast)
                return null;
            while (!await IsOverAsync(watcher, id, cancellationToken) && !end.IsCancellationRequested)
                await watcher.WaitAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // A reset hides whatever was trimmed, perhaps the end: the agent knows.
    private static async ValueTask<bool> IsOverAsync(Watcher watcher, string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var batch = await watcher.PullAsync(cancellationToken);
            if (batch.IsEmpty)
                return false;
            if (batch.Reset is not null || batch.Events!.Any(next => IsEnd(next.Value, id)))
                return true;
        }
    }

    private static bool IsEnd(AgentEvent next, string id)
    {
        if (next is not { Type: EventTypes.Mail, Data.Json: { } json } || !json.Contains(id, StringComparison.Ordinal))
            return false;
        var data = JsonElement.Parse(json);
        return TextOf(data, "status") switch
        {
            "received" => TextOf(data, "inReplyTo") == id,
            MailStates.Dead or MailStates.Discarded => TextOf(data, "mail") == id,
            _ => false,
        };
    }

    private static string? TextOf(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;
}
