using AgentMesh.Primitives;

namespace AgentMesh.Cli.Chatting;

/// <summary>The command line of <c>chat</c>, read.</summary>
/// <param name="User">Whose agent.</param>
/// <param name="Session">The session; null: the default one.</param>
/// <param name="History">Messages that are shown first.</param>
/// <param name="AsJson">Prints the gateway's documents of answers, one a line.</param>
internal sealed record ChatOptions(UserId User, string? Session, int History, bool AsJson);
