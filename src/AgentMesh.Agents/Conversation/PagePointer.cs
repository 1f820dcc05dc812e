namespace AgentMesh.Agents.Conversation;

/// <summary>Where an answer stands: text is stored once, everything else points to it.</summary>
/// <param name="Page">The page's number.</param>
/// <param name="Seq">The assistant's message's seq.</param>
public readonly record struct PagePointer(int Page, long Seq);
