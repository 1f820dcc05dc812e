using System.Globalization;

namespace AgentMesh.Facilitator.Faults;

/// <summary>Which endpoint is called.</summary>
internal enum FaultCall
{
    Verify,
    Settle,
}

/// <summary>What goes wrong with one call.</summary>
internal enum FaultKind
{
    TimeoutAfterSettle,
    ErrorBefore,
    ErrorAfter,
    Slow,
    Duplicate,
    DropConnection,
    DropConnectionAfter,
}

/// <summary>One fault: <c>[verify:|settle:]kind</c>, with <c>slow:{ms}</c> as the only kind that has a number.</summary>
/// <param name="Text">As it came.</param>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Call">With which call; null: with either.</param>
/// <param name="DelayMs">Of <see cref="FaultKind.Slow"/>.</param>
internal sealed record ScriptedFault(string Text, FaultKind Kind, FaultCall? Call, int DelayMs)
{
    private const int MaxDelayMs = 600_000;

    public static ScriptedFault? TryParse(string? text)
    {
        if (text is null)
            return null;
        FaultCall? call = text.StartsWith("verify:", StringComparison.Ordinal) ? FaultCall.Verify : text.StartsWith("settle:", StringComparison.Ordinal) ? FaultCall.Settle : null;
        var name = call is null ? text : text["settle:".Length..];
        if (name.StartsWith("slow:", StringComparison.Ordinal))
        {
            return int.TryParse(name.AsSpan("slow:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var delay) && delay <= MaxDelayMs
                ? new ScriptedFault(text, FaultKind.Slow, call, delay)
                : null;
        }

        return name switch
        {
            // It says settle itself, so a verify before it does not use it up.
            "timeout_after_settle" when call != FaultCall.Verify => new ScriptedFault(text, FaultKind.TimeoutAfterSettle, FaultCall.Settle, 0),
            "error_before" => new ScriptedFault(text, FaultKind.ErrorBefore, call, 0),
            "error_after" => new ScriptedFault(text, FaultKind.ErrorAfter, call, 0),
            "duplicate" => new ScriptedFault(text, FaultKind.Duplicate, call, 0),
            "drop_connection" => new ScriptedFault(text, FaultKind.DropConnection, call, 0),
            "drop_connection_after" => new ScriptedFault(text, FaultKind.DropConnectionAfter, call, 0),
            _ => null,
        };
    }
}
