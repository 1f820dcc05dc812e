using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>Mail between agents: what was accepted has come once, in the order of its sending for each pair.</summary>
public static class MailChecker
{
    /// <summary>Checks the mail of all pairs.</summary>
    /// <param name="operations">Requests to send; each text is nowhere else.</param>
    /// <param name="receiverOf">To whom a request was to send.</param>
    /// <param name="inboxes">What each receiver has, by agent.</param>
    public static IReadOnlyList<Violation> Check(
        IEnumerable<Operation> operations, Func<Operation, string> receiverOf, IReadOnlyDictionary<string, IReadOnlyList<ReceivedMail>> inboxes)
    {
        ArgumentNullException.ThrowIfNull(inboxes);
        List<Violation> violations = [];
        var intents = Intent.Of(operations).ToLookup(intent => (From: intent.Tries[0].Agent, To: receiverOf(intent.Tries[0])));
        var came = inboxes.SelectMany(inbox => inbox.Value.Select(mail => (To: inbox.Key, Mail: mail))).ToLookup(one => (one.Mail.From, one.To), one => one.Mail);
        foreach (var pair in intents.Select(sent => sent.Key).Union(came.Select(mails => mails.Key)))
        {
            Intent[] sent = [.. intents[pair]];
            violations.AddRange(OnceInOrder.Check($"{pair.From} to {pair.To}", sent, [.. came[pair].Select(mail => new Found(mail.Place, mail.Content, $"{pair.To} has {mail}"))]));
            violations.AddRange(Repeats.Check(pair.From, sent));
        }

        return violations;
    }
}

/// <summary>A message of an inbox.</summary>
/// <param name="Place">Its place: what has come later has a greater one.</param>
/// <param name="From">Who has sent it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Content">What it says.</param>
public sealed record ReceivedMail(long Place, string From, string Id, string Content)
{
    /// <summary>One line of evidence.</summary>
    public override string ToString() => FormattableString.Invariant($"mail {Place} {Id} from {From} '{Content}'");
}
