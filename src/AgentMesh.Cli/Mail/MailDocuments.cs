using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.Mail;

/// <summary>A message to other agents, as the gateway takes it.</summary>
/// <param name="To">The receivers.</param>
/// <param name="Content">The text.</param>
/// <param name="Await">Seconds to wait for the answer; null: it is not waited for.</param>
/// <param name="InReplyTo">The number of the message in the inbox that it answers; null: none.</param>
internal sealed record MailOrder(IReadOnlyList<string> To, string Content, int? Await, int? InReplyTo);

/// <summary>A message that was sent, as the gateway tells of it.</summary>
/// <param name="MessageId">Its id; of several that of the first.</param>
/// <param name="MessageIds">The ids of all; null: there is one.</param>
/// <param name="State">What became of it; null: it is under way.</param>
/// <param name="Code">Why it will not be answered.</param>
/// <param name="Detail">The same, for people.</param>
/// <param name="Reply">The answer.</param>
internal sealed record SentDocument(
    string MessageId, IReadOnlyList<string>? MessageIds = null, string? State = null, string? Code = null, string? Detail = null, ReplyDocument? Reply = null) : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => MessageIds?.Contains(null!) != true;
}

/// <summary>An answer to a message.</summary>
/// <param name="From">Whose.</param>
/// <param name="Content">The text, or why there is none.</param>
/// <param name="Failure">Why there is none; null: there is one.</param>
internal sealed record ReplyDocument(string From, string Content, string? Failure = null);
