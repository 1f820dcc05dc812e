namespace AgentMesh.CrashKit.Checking;

/// <summary>Something that was found where it should be: a message of a history, a message in an inbox.</summary>
/// <param name="Place">Its number there; what has a greater one was done later.</param>
/// <param name="Content">What it says, by which it is known whose it is.</param>
/// <param name="Line">One line of evidence.</param>
public sealed record Found(long Place, string Content, string Line);
