using System.Globalization;

namespace AgentMesh.Testing.ModelServer;

/// <summary>The text of replies.</summary>
public static class ModelReply
{
    /// <summary>The whole reply to a message, of a behavior that finishes.</summary>
    public static string Of(ModelBehavior behavior, string message) => string.Concat(Tokens(behavior, message));

    /// <summary>What a request is answered: its last message, or the results of the tools that were called since.</summary>
    public static IEnumerable<string> Tokens(ModelBehavior behavior, ModelRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Tokens(behavior, request.ToolResults.Count == 0 ? request.LastUserMessage : OfTools(request.ToolResults));
    }

    /// <summary>What is answered to results of tools.</summary>
    public static string OfTools(IEnumerable<string> results) => $"the tools said {string.Join(" and ", results)}";

    /// <summary>Word by word, each but the first with the blank before it; without end for an endless one.</summary>
    public static IEnumerable<string> Tokens(ModelBehavior behavior, string message)
    {
        ArgumentNullException.ThrowIfNull(behavior);
        ArgumentNullException.ThrowIfNull(message);
        if (behavior.IsEmpty)
            yield break;
        var sent = 0;
        foreach (var word in $"You said: {message}".Split(' '))
            yield return sent++ == 0 ? word : " " + word;
        while (behavior.IsEndless || sent < behavior.Tokens)
            yield return string.Create(CultureInfo.InvariantCulture, $" {++sent}");
    }
}
