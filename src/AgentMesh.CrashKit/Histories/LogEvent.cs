namespace AgentMesh.CrashKit.Histories;

/// <summary>An event of an agent's log, as a watcher gets it over any transport.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Type"><c>message</c>, <c>error</c>, …</param>
/// <param name="Turn">The turn that it is about; empty: none.</param>
/// <param name="Role">Of a message <c>user</c> or <c>assistant</c>; else empty.</param>
/// <param name="Text">What a message says; of other events their data.</param>
public sealed record LogEvent(long Seq, string Type, string Turn, string Role, string Text)
{
    /// <summary>The message that begins a turn.</summary>
    public bool BeginsTurn => Type == "message" && Role == "user";

    /// <summary>The answer, or why there is none.</summary>
    public bool EndsTurn => Turn.Length > 0 && (Type == "message" && Role == "assistant" || Type == "error");

    /// <summary>One line of evidence.</summary>
    public override string ToString() => FormattableString.Invariant($"seq {Seq} {Type}{(Role.Length > 0 ? $" {Role}" : "")}{(Turn.Length > 0 ? $" of turn {Turn}" : "")} '{Text}'");
}
