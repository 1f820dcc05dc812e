namespace AgentMesh.Gateway.Restoring;

/// <summary>How much of an export is read at a time. Listed for users in <c>docs/limits.md</c>.</summary>
internal static class ExportLimits
{
    /// <summary>Longest line: an answer of 512 KiB, each byte of it escaped, has 3 MiB.</summary>
    public const int LineBytes = 4 * 1024 * 1024;

    /// <summary>Messages of one call of the agent.</summary>
    public const int MessagesAtOnce = 128;

    /// <summary>UTF-16 units of the texts of one call, unless one message alone is longer: a third of what daprd lets through by default, whatever it is written as.</summary>
    public const int UnitsAtOnce = 256 * 1024;
}
