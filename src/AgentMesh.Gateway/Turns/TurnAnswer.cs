using System.Text.Json.Serialization;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Turns;

/// <summary>The answer to a message.</summary>
/// <param name="Response">The assistant's text.</param>
/// <param name="MessageCount">User and assistant messages of all sessions.</param>
/// <param name="Seq">The assistant's message's event number.</param>
/// <param name="TurnId">The turn that answered.</param>
/// <param name="SessionId">The session.</param>
internal sealed record TurnAnswer(string Response, long MessageCount, long Seq, string TurnId, string SessionId)
{
    /// <summary>Of a message that is not pending.</summary>
    public static TurnAnswer Of(PostedMessage posted) => new(posted.Response ?? "", posted.MessageCount, posted.Seq, posted.TurnId, posted.SessionId);
}

/// <summary>The answer to a message whose turn goes on.</summary>
/// <param name="TurnId">The turn.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Status">Where it stands.</param>
internal sealed record AcceptedTurn(string TurnId, string SessionId, string Status);

/// <summary>A turn.</summary>
/// <param name="TurnId">Its id.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Attempt">Runs of the model so far.</param>
/// <param name="UserSeq">The event number of the user's message.</param>
/// <param name="CreatedAt">When that was stored.</param>
/// <param name="Answer">Set when completed.</param>
/// <param name="Error">Set when failed or canceled.</param>
internal sealed record TurnResponse(
    string TurnId, string SessionId, string Status, int Attempt, long UserSeq, DateTime CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TurnAnswer? Answer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TurnError? Error)
{
    // UtcDateTime: written with Z.
    public static TurnResponse Of(Turn turn) => new(
        turn.TurnId, turn.SessionId, turn.Status, turn.Attempt, turn.UserSeq, DateTimeOffset.FromUnixTimeMilliseconds(turn.CreatedAt).UtcDateTime,
        turn.Answer is { } answer ? TurnAnswer.Of(answer) : null, turn.Error);
}
