namespace AgentMesh.ActorHost.Publishing;

/// <summary>
/// An agent's events on their way out, as one activation of it knows them: made by the agent, moved on by the <see cref="EventPublisher"/>, under its lock.
/// </summary>
/// <param name="agent">The actor id.</param>
/// <param name="generation">When the agent began: an erased one begins anew.</param>
/// <param name="published">Every event up to this one is known to be published.</param>
internal sealed class AgentFeed(string agent, DateTimeOffset generation, long published)
{
    private long _published = published;

    public string Agent => agent;

    public DateTimeOffset Generation => generation;

    /// <summary>Every event up to this one is published.</summary>
    public long Published
    {
        get => Volatile.Read(ref _published);
        set => Volatile.Write(ref _published, value);
    }

    /// <summary>Every event up to this one is published or in the publisher's memory.</summary>
    public long Handed { get; set; } = published;

    /// <summary>There are more events than the publisher has: the next ones are in the log.</summary>
    public bool IsBehind { get; set; }

    /// <summary>What the agent has stored of <see cref="Published"/>; the agent's alone.</summary>
    public long Stored { get; set; } = published;
}
