using System.Globalization;
using AgentMesh.ActorHost.Turns;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Tools;

/// <summary>The agent's own memory as a tool: finds messages that are too old for the model to read.</summary>
internal static class HistorySearch
{
    internal const string Name = "search_history";

    /// <summary>Messages of one answer.</summary>
    internal const int Messages = 10;

    /// <summary>Characters (UTF-16) of each. With <see cref="Messages"/> of them an answer is below <see cref="ToolLimits.ResultBytes"/> in most scripts.</summary>
    internal const int Characters = 1000;

    private const string Description =
        "Searches the older messages of this conversation for a text, upper and lower case alike. Messages have their number in front; "
        + "'before' goes on with older ones than that number.";

    /// <summary>The tool.</summary>
    internal static AgentTool Create(TurnActors actors) => AgentTool.Of(
        (string query, ToolContext context, long? before = null, CancellationToken cancellationToken = default) =>
            SearchAsync(actors, query, context, before, cancellationToken),
        Name,
        Description);

    private static async Task<string> SearchAsync(TurnActors actors, string query, ToolContext context, long? before, CancellationToken cancellationToken)
    {
        // Without the message that is answered, which has the words of the search in it more often than not.
        var request = new GetHistory(context.SessionId, Messages, before ?? TurnId.Parse(context.TurnId), query);
        var found = await actors.GetHistoryAsync(context.Agent.ToString(), request, cancellationToken);
        if (found.IsRefused)
            return found.Refusal.Detail;
        var page = found.Value;
        var lines = page.Messages.Select(message => string.Create(
            CultureInfo.InvariantCulture, $"{message.Seq} {DateTimeOffset.FromUnixTimeMilliseconds(message.Timestamp):u} {message.Role}: {Cut(message.Content)}"));
        var more = page.NextBefore is { } next ? string.Create(CultureInfo.InvariantCulture, $"Go on with before={next} for older ones.") : "There are no older ones.";
        return string.Join('\n', page.Messages.Count == 0 ? ["Nothing was found here.", more] : [.. lines, more]);
    }

    private static string Cut(string text) => text.Length <= Characters ? text : Utf16Text.Cut(text, Characters) + " [cut]";
}
