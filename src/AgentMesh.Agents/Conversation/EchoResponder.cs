using System.Globalization;

namespace AgentMesh.Agents.Conversation;

/// <summary>The built-in responder. It answers at once, so it runs inside the turn.</summary>
public static class EchoResponder
{
    /// <summary>The reply to a message.</summary>
    /// <param name="content">The message.</param>
    /// <param name="storedBefore">Messages stored before this one.</param>
    /// <param name="wallet">The agent's address; null: it has no wallet, and says nothing of one.</param>
    public static string Reply(string content, long storedBefore, string? wallet)
    {
        var memory = storedBefore == 0 ? "This is our first message." : string.Create(CultureInfo.InvariantCulture, $"I remember our conversation ({storedBefore} messages).");
        // 0x and eight digits, as the guide's agent says it.
        return $"{memory} You said: \"{content}\".{(wallet is null ? "" : $" My wallet is {wallet.AsSpan(0, 10)}...")}";
    }
}
