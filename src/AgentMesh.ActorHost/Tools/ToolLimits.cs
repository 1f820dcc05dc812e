namespace AgentMesh.ActorHost.Tools;

/// <summary>Every maximum of tools that is not configured. Listed for users in <c>docs/limits.md</c>.</summary>
internal static class ToolLimits
{
    /// <summary>Tools of a process, those for sale included. Providers take 128, and models choose badly long before.</summary>
    internal const int Tools = 64;

    /// <summary>Characters of a tool's name; a provider takes no more.</summary>
    internal const int NameCharacters = 64;

    /// <summary>Calls that a model asks for at once. Those over the turn's limit are not made, but each is answered.</summary>
    internal const int AnswerCalls = 128;

    /// <summary>Bytes of the arguments of one call, as JSON. What a message may have.</summary>
    internal const int ArgumentBytes = 64 * 1024;

    /// <summary>Bytes of UTF-8 of one result; the model reads no more of it.</summary>
    internal const int ResultBytes = 16 * 1024;
}
