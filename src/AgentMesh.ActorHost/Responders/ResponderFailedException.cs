namespace AgentMesh.ActorHost.Responders;

/// <summary>No reply, or not all of it. The only exception of a responder but cancellation.</summary>
/// <param name="code">One of <see cref="ResponderFailures"/>.</param>
/// <param name="detail">One sentence that is safe to show a user: no key, no address, no text of the provider.</param>
/// <param name="isTransient">A later attempt may succeed with the same request.</param>
/// <param name="retryAfter">What the provider asks to wait; null: nothing said.</param>
/// <param name="isFree">The provider has certainly generated nothing, and so charges nothing.</param>
internal sealed class ResponderFailedException(string code, string detail, bool isTransient, TimeSpan? retryAfter = null, bool isFree = false) : Exception(detail)
{
    /// <summary>Stable, snake_case.</summary>
    public string Code => code;

    /// <summary>Safe to show.</summary>
    public string Detail => Message;

    /// <summary>A later attempt may succeed.</summary>
    public bool IsTransient => isTransient;

    /// <summary>Not before this has passed; null: as the caller likes.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The provider has certainly generated nothing. False: it may have, and may charge for it.</summary>
    public bool IsFree => isFree;
}
