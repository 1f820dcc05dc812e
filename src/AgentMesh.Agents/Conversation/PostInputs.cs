using AgentMesh.Agents.Events;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Turns;

namespace AgentMesh.Agents.Conversation;

/// <summary>What a message needs of the agent's records.</summary>
/// <param name="Head">The head; <see cref="AgentHead.Unborn"/> for an agent never written to.</param>
/// <param name="Session">The request's session; null for the default one, or when there is none of that id.</param>
/// <param name="OpenPage">The session's open page, as stored.</param>
/// <param name="OpenEvents">The open page of events, as stored; see <see cref="EventLogPage.OpenNumber"/>.</param>
/// <param name="Turns">The open turns, as stored; may be null when the head has none.</param>
/// <param name="Keys">With a caller's key its bucket, else null.</param>
public sealed record PostInputs(
    AgentHead Head, SessionRecord? Session, MessagePage? OpenPage, EventLogPage? OpenEvents, TurnTable? Turns, KeyBuckets? Keys)
{
    /// <summary>The agent's money; may be null while <see cref="TurnTable.NeedsLedger"/> is false.</summary>
    public TurnFunds? Funds { get; init; }
}

/// <summary>How the agent is set up.</summary>
/// <param name="AnswersAtOnce">The responder needs no model: the answer is part of the turn.</param>
/// <param name="Turns">What a turn may take.</param>
/// <param name="Rate">How many messages it accepts; null: as many as come.</param>
public sealed record PostRules(bool AnswersAtOnce, TurnRules Turns, RateRule? Rate);
