using System.Globalization;

namespace AgentMesh.Agents.Conversation;

/// <summary>The built-in responder. It answers at once, so it runs inside the turn.</summary>
public static class EchoResponder
{
    /// <summary>The reply to a message.</summary>
    /// <param name="content">The message.</param>
    /// <param name="storedBefore">Messages stored before this one.</param>
    public static string Reply(string content, long storedBefore) => storedBefore == 0
        ? $"This is our first message. You said: \"{content}\"."
        : string.Create(CultureInfo.InvariantCulture, $"I remember our conversation ({storedBefore} messages). You said: \"{content}\".");
}
