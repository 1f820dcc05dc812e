namespace AgentMesh.CrashKit.Histories;

/// <summary>What a client knows of a request.</summary>
public enum OutcomeKind
{
    /// <summary>It was answered with success: it was done, and stays done.</summary>
    Acknowledged,

    /// <summary>It was refused for a reason that says it was not done.</summary>
    Refused,

    /// <summary>No answer came, or one that leaves it open (5xx, 408, 425): it may have been done or not, or may still be.</summary>
    Unknown,
}

/// <summary>What a client knows of a request, and the code that the answer had.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Code">A refusal's code, or <c>http_STATUS</c>; null: an acknowledgement, or no answer at all.</param>
public readonly record struct Outcome(OutcomeKind Kind, string? Code)
{
    /// <summary>Answered with success.</summary>
    public static Outcome Acknowledged { get; } = new(OutcomeKind.Acknowledged, null);

    /// <summary>No answer came.</summary>
    public static Outcome Lost { get; } = new(OutcomeKind.Unknown, null);

    /// <summary>Refused for a reason that says it was not done.</summary>
    public static Outcome Refused(string code) => new(OutcomeKind.Refused, code);

    /// <summary>Answered, and left open.</summary>
    public static Outcome Open(string code) => new(OutcomeKind.Unknown, code);
}
