using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.Contracts;

/// <summary>
/// A result on the wire. A refusal never crosses an actor boundary as an exception: Dapr turns exceptions into text.
/// </summary>
/// <param name="Value">The value; null when refused.</param>
/// <param name="Refusal">The reason; null when there is a value.</param>
public sealed record Reply<T>(T? Value, Refusal? Refusal)
    where T : class
{
    /// <summary>How much the agent still takes; null where no limit was asked.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>With a refusal: which budget is at its end; null: it is not about that.</summary>
    public Shortage? Shortage { get; init; }

    /// <summary>What is wrong with a document of the request, by JSON pointer; null where none was read.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The result back from the wire.</summary>
    /// <exception cref="InvalidOperationException">Neither is set: the other side speaks another contract.</exception>
    public Result<T> ToResult() =>
        Refusal is not null ? Shortage is null ? Refusal : new ShortageRefusal(Refusal.Code, Refusal.Detail, Shortage) : Value ?? throw new InvalidOperationException("The actor's reply has neither value nor refusal.");
}

/// <summary>The agent's limit on accepted messages: so many in any window of that length.</summary>
/// <param name="Permits">Messages in a window.</param>
/// <param name="WindowSeconds">Its length.</param>
/// <param name="Remaining">How many it would take now.</param>
/// <param name="ResetSeconds">Whole seconds until it takes one more than that; 0 when nothing is used.</param>
public sealed record RateLimit(int Permits, int WindowSeconds, int Remaining, int ResetSeconds);

/// <summary>Makes replies.</summary>
public static class Reply
{
    /// <summary>The wire form of a result.</summary>
    public static Reply<T> ToReply<T>(this Result<T> result)
        where T : class => new(result.Value, result.Refusal);
}
