namespace AgentMesh.Agents.Conversation;

/// <summary>The page of a session that the next message goes to, as the head knows it. Pages are numbered from 1.</summary>
/// <param name="N">Its number; 0 before the first message.</param>
/// <param name="Count">Its messages.</param>
/// <param name="Bytes">Their encoded bytes.</param>
public readonly record struct OpenPage(int N, int Count, int Bytes)
{
    /// <summary>True when a message of that size still goes to this page. An empty page takes a message of any size.</summary>
    public bool HasRoomFor(int bytes) =>
        N > 0 && Count < ConversationLimits.PageMessages && Bytes + bytes <= ConversationLimits.PageBytes;
}
