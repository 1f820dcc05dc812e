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
    /// <summary>The result back from the wire.</summary>
    /// <exception cref="InvalidOperationException">Neither is set: the other side speaks another contract.</exception>
    public Result<T> ToResult() =>
        Refusal is not null ? Refusal : Value ?? throw new InvalidOperationException("The actor's reply has neither value nor refusal.");
}

/// <summary>Makes replies.</summary>
public static class Reply
{
    /// <summary>The wire form of a result.</summary>
    public static Reply<T> ToReply<T>(this Result<T> result)
        where T : class => new(result.Value, result.Refusal);
}
