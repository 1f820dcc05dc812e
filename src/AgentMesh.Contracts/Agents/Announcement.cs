namespace AgentMesh.Contracts.Agents;

/// <summary>
/// What the agents app tells every gateway: an event on <see cref="Topic"/> of the pub/sub component <see cref="Component"/>. A hint, never the
/// truth: it may be lost, repeated and late, and the event log says what is so. Carries no stored text; deltas are text that is stored nowhere yet.
/// </summary>
/// <param name="Seqs">Agents and how far their logs have come.</param>
/// <param name="Deltas">New text of running turns.</param>
public sealed record Announcement(IReadOnlyList<AgentSeq>? Seqs, IReadOnlyList<TurnDelta>? Deltas)
{
    /// <summary>The component: each process that subscribes gets every event (<c>consumerID: {uuid}</c>).</summary>
    public const string Component = "fanout";

    /// <summary>The topic.</summary>
    public const string Topic = "agentmesh.announcements";
}

/// <summary>How far an agent's log has come.</summary>
/// <param name="Agent"><c>AgentKey</c> as text.</param>
/// <param name="Seq">The seq of its last event; 0: the agent has been erased, and its numbers begin anew.</param>
public sealed record AgentSeq(string Agent, long Seq);

/// <summary>A piece of the text a model writes.</summary>
/// <param name="Agent"><c>AgentKey</c> as text.</param>
/// <param name="Session">The session.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Attempt">Which run of the model.</param>
/// <param name="At">The piece's place in the turn's text, in UTF-16 units.</param>
/// <param name="Text">The piece.</param>
public sealed record TurnDelta(string Agent, string Session, string Turn, int Attempt, int At, string Text);
