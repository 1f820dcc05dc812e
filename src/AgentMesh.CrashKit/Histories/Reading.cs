namespace AgentMesh.CrashKit.Histories;

/// <summary>What one read of an agent's history found, all pages of it.</summary>
/// <param name="Client">Who read.</param>
/// <param name="Agent">Whose agent.</param>
/// <param name="Start">When it was begun, since the begin of the run.</param>
/// <param name="End">When the last page was there.</param>
/// <param name="Messages">Oldest first, as they came.</param>
public sealed record Reading(string Client, string Agent, TimeSpan Start, TimeSpan End, IReadOnlyList<StoredMessage> Messages);

/// <summary>A message of a history.</summary>
/// <param name="Seq">Its number in the agent's log.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">What it says.</param>
public sealed record StoredMessage(long Seq, string Role, string Content)
{
    /// <summary>A message of the user.</summary>
    public bool IsUsers => Role == "user";

    /// <summary>One line of evidence.</summary>
    public override string ToString() => FormattableString.Invariant($"seq {Seq} {Role} '{Content}'");
}
