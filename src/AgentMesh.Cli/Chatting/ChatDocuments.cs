using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.Chatting;

/// <summary>A message, as the gateway takes it.</summary>
/// <param name="Content">The text.</param>
/// <param name="SessionId">The session; null: the default one.</param>
internal sealed record MessageOrder(string Content, string? SessionId);

/// <summary>A piece of an answer that is being written.</summary>
/// <param name="Attempt">Which run of the model writes it.</param>
/// <param name="At">Where it belongs in that run's text.</param>
/// <param name="Text">The piece.</param>
internal sealed record DeltaDocument(int Attempt, int At, string Text) : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => At >= 0;
}

/// <summary>An answer.</summary>
/// <param name="Response">The whole text.</param>
internal sealed record AnswerDocument(string Response);

/// <summary>Why there is none.</summary>
/// <param name="Code">A refusal's.</param>
/// <param name="Detail">For people.</param>
internal sealed record TurnErrorDocument(string Code, string Detail);

/// <summary>A page of a history.</summary>
/// <param name="Messages">Oldest first.</param>
/// <param name="NextBefore">Where the page before this one ends; null: there is none.</param>
internal sealed record HistoryDocument(IReadOnlyList<MessageDocument> Messages, long? NextBefore = null) : ICheckedDocument
{
    /// <inheritdoc/>
    public bool IsReadable() => !Messages.Contains(null!);
}

/// <summary>A message of a history.</summary>
/// <param name="Role">Whose.</param>
/// <param name="Content">The text.</param>
internal sealed record MessageDocument(string Role, string Content);
