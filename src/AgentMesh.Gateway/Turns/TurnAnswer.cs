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
/// <param name="Pause">Set when paused.</param>
internal sealed record TurnResponse(
    string TurnId, string SessionId, string Status, int Attempt, long UserSeq, DateTime CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TurnAnswer? Answer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TurnError? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PauseResponse? Pause)
{
    // UtcDateTime: written with Z.
    public static TurnResponse Of(Turn turn) => new(
        turn.TurnId, turn.SessionId, turn.Status, turn.Attempt, turn.UserSeq, DateTimeOffset.FromUnixTimeMilliseconds(turn.CreatedAt).UtcDateTime,
        turn.Answer is { } answer ? TurnAnswer.Of(answer) : null, turn.Error, turn.Pause is { } pause ? PauseResponse.Of(pause) : null);
}

/// <summary>Why a turn waits until there is budget.</summary>
/// <param name="Reason">Always <c>budget_reached</c>.</param>
/// <param name="Code">Why the budget said no.</param>
/// <param name="Detail">Why, as a sentence.</param>
/// <param name="Scope">Whose limit it is; null: it is not about a limit.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In which time; null: there is no limit.</param>
/// <param name="Available">What is left: atomic units, decimal digits.</param>
/// <param name="ResetsAt">When time alone will have made room; null: it will not.</param>
/// <param name="PausedAt">Since when it waits.</param>
internal sealed record PauseResponse(
    string Reason, string Code, string Detail, string? Scope, string? Asset, string? Window, string? Available, DateTime? ResetsAt, DateTime PausedAt)
{
    public static PauseResponse Of(TurnPaused pause) => new(
        "budget_reached", pause.Code, pause.Detail, pause.Shortage?.Scope, pause.Shortage?.Asset, pause.Shortage?.Window, pause.Shortage?.Available,
        pause.Shortage?.ResetsAt?.UtcDateTime, pause.At.UtcDateTime);
}
