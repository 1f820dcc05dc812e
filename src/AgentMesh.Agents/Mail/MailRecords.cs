using System.Collections.Immutable;

namespace AgentMesh.Agents.Mail;

/// <summary>What a change stores of the mailbox. What is beyond the head's numbers is of a transaction whose head was never stored, and is not looked at.</summary>
/// <param name="Book">The book after it.</param>
public sealed record MailRecords(MailBook Book)
{
    /// <summary>Sent messages.</summary>
    public ImmutableArray<(long N, OutMail Mail)> Sent { get; init; } = [];

    /// <summary>Received messages.</summary>
    public ImmutableArray<(long N, InMail Mail)> Received { get; init; } = [];

    /// <summary>Up to where a sender's mail was taken.</summary>
    public (int Bucket, MailSenders Senders)? Senders { get; init; }

    /// <summary>Keys that go. Some may not be there.</summary>
    public ImmutableArray<string> Removed { get; init; } = [];
}
