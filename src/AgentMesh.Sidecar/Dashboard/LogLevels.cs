namespace AgentMesh.Sidecar.Dashboard;

/// <summary>Four levels for all the words there are.</summary>
internal static class LogLevels
{
    public const string Info = "info";

    private static readonly string[] Ordered = ["debug", Info, "warn", "error"];

    // The console and JSON formatters of .NET, and what most other programs write.
    private static readonly (string Beginning, string Level)[] Beginnings =
    [
        ("trce: ", "debug"), ("dbug: ", "debug"), ("info: ", Info), ("warn: ", "warn"), ("fail: ", "error"), ("crit: ", "error"),
        ("Unhandled exception", "error"), ("error:", "error"), ("ERROR", "error"), ("[ERR]", "error"), ("WARN", "warn"), ("[WRN]", "warn"), ("DEBUG", "debug"),
        ("INFO", Info),
    ];

    private static readonly (string Part, string Level)[] Parts =
    [
        ("\"LogLevel\":\"Error\"", "error"), ("\"LogLevel\":\"Critical\"", "error"), ("\"LogLevel\":\"Warning\"", "warn"), ("\"LogLevel\":\"Debug\"", "debug"),
        ("level=error", "error"), ("level=warning", "warn"), ("level=debug", "debug"),
    ];

    public static bool IsKnown(string level) => Ordered.Contains(level, StringComparer.Ordinal);

    public static bool IsAtLeast(string level, string least) => Array.IndexOf(Ordered, level) >= Array.IndexOf(Ordered, least);

    public static string Of(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => Info,
        LogLevel.Warning => "warn",
        _ => "error",
    };

    /// <summary>The level that a line of output says it has; null: it says none.</summary>
    public static string? Of(string line)
    {
        foreach (var (beginning, level) in Beginnings)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return level;
        }

        foreach (var (part, level) in Parts)
        {
            if (line.Contains(part, StringComparison.Ordinal))
                return level;
        }

        return null;
    }
}
