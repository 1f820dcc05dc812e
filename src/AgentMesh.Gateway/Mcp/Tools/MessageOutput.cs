using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>What became of a message.</summary>
/// <param name="Status">Where its turn stands: <c>completed</c>, <c>queued</c> or <c>running</c>.</param>
/// <param name="TurnId">The turn.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Response">The assistant's text; left out until the turn is over.</param>
/// <param name="MessageCount">User and assistant messages of all sessions; left out until the turn is over.</param>
/// <param name="Seq">The assistant's message's event number; left out until the turn is over.</param>
internal sealed record MessageOutput(
    string Status,
    string TurnId,
    string SessionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Response = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? MessageCount = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Seq = null)
{
    public static MessageOutput Of(PostedMessage posted, string status) => posted.IsPending
        ? new MessageOutput(status, posted.TurnId, posted.SessionId)
        : new MessageOutput(status, posted.TurnId, posted.SessionId, posted.Response, posted.MessageCount, posted.Seq);
}
