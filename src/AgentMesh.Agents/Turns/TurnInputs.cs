using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Turns;

/// <summary>What the change of a turn needs of the agent's records.</summary>
/// <param name="Head">The head.</param>
/// <param name="OpenEvents">The open page of events, as stored; see <see cref="EventLogPage.OpenNumber"/>.</param>
/// <param name="Turns">The open turns, as stored.</param>
public sealed record TurnInputs(AgentHead Head, EventLogPage? OpenEvents, TurnTable? Turns)
{
    /// <summary>The agent's money; may be null while <see cref="TurnTable.NeedsLedger"/> is false, and no hold is asked for.</summary>
    public TurnFunds? Funds { get; init; }
}

/// <summary>The session an answer goes to.</summary>
/// <param name="Session">Its record; null for the default one.</param>
/// <param name="OpenPage">Its open page, as stored.</param>
public sealed record AnswerPlace(SessionRecord? Session, MessagePage? OpenPage);

/// <summary>What a change of turns comes to.</summary>
/// <param name="Change">The records to store; null when nothing has changed.</param>
/// <param name="Runs">Runs of the model that are due when they are stored.</param>
public sealed record TurnStep(AgentChange? Change, System.Collections.Immutable.ImmutableArray<TurnRun> Runs);
