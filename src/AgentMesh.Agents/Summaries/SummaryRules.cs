namespace AgentMesh.Agents.Summaries;

/// <summary>How much of a session a model reads as it was said. All parts of one budget, so that a summary is there before messages are left out.</summary>
/// <param name="ContextBytes">Encoded bytes that a model reads for one answer.</param>
public readonly record struct SummaryRules(int ContextBytes)
{
    /// <summary>Longest text of a summary, bytes of UTF-8: <see cref="SummaryLimits.TextBytes"/>, and no more than a quarter of the budget.</summary>
    public int TextBytes => Math.Min(SummaryLimits.TextBytes, ContextBytes / 4);

    /// <summary>From so many encoded bytes of messages outside of the summary on it is time to write it anew.</summary>
    public int DueBytes => ContextBytes / 2;

    /// <summary>Encoded bytes of the newest messages that stay outside of it.</summary>
    public int KeptBytes => ContextBytes / 4;

    /// <summary>Encoded bytes of messages that one writing takes in; a page is never split.</summary>
    public int PartBytes => ContextBytes / 2;
}

/// <summary>Maxima of summaries. Listed for users in <c>docs/limits.md</c>.</summary>
public static class SummaryLimits
{
    /// <summary>Longest text of a summary, bytes of UTF-8; the rest is cut off.</summary>
    public const int TextBytes = 8 * 1024;

    /// <summary>How long money is set aside for a call of the model: as long as its time may be set to, retries included. After it the hold counts in full.</summary>
    public static readonly TimeSpan HoldTime = TimeSpan.FromHours(1);

    /// <summary>Parts that are written one after the other; what is left waits for the next turn that reads the session.</summary>
    public const int PartsAtOnce = 8;
}
