using AgentMesh.Agents.Conversation;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Limits;

/// <summary>How many messages an agent accepts.</summary>
/// <param name="Permits">In any window of that length; 1 to <see cref="MaxPermits"/>.</param>
/// <param name="Window">Its length.</param>
public sealed record RateRule(int Permits, TimeSpan Window)
{
    /// <summary>Most permits: the head keeps 6 bytes of each message in the window.</summary>
    public const int MaxPermits = 1000;
}

/// <summary>
/// A sliding window over the times of the accepted messages, newest last, 6 bytes of Unix milliseconds each. Exact: no window of the rule's
/// length, wherever it begins, has more than its permits. A message is in the window until exactly its length after it was accepted.
/// </summary>
public static class RateWindow
{
    private const int TimeBytes = 6;

    /// <summary>True for bytes that are times.</summary>
    internal static bool IsWhole(PackedEntries accepted) =>
        accepted.Bytes.Length % TimeBytes == 0 && accepted.Bytes.Length <= RateRule.MaxPermits * TimeBytes;

    /// <summary>Without what has left the window, and never more than the rule needs. A time more than a window ahead is of a clock that was set back.</summary>
    internal static PackedEntries Prune(PackedEntries accepted, RateRule rule, DateTimeOffset now)
    {
        var times = accepted.Bytes;
        var from = Math.Max(0, times.Length - rule.Permits * TimeBytes);
        while (from < times.Length && (now - At(times[from..])).Duration() >= rule.Window)
            from += TimeBytes;
        return from == 0 ? accepted : new PackedEntries(times[from..].ToArray());
    }

    /// <summary>With one more message; the window has to have room.</summary>
    internal static PackedEntries With(PackedEntries pruned, DateTimeOffset now)
    {
        var times = new byte[pruned.Bytes.Length + TimeBytes];
        pruned.Bytes.CopyTo(times);
        PackedPointer.WriteNumber(times.AsSpan(pruned.Bytes.Length), now.ToUnixTimeMilliseconds());
        return new PackedEntries(times);
    }

    /// <summary>What is left of the window.</summary>
    internal static RateState StateOf(PackedEntries pruned, RateRule rule, DateTimeOffset now)
    {
        var used = pruned.Bytes.Length / TimeBytes;
        var reset = used == 0 ? TimeSpan.Zero : rule.Window - Max(now - At(pruned.Bytes), TimeSpan.Zero);
        return new RateState(rule, rule.Permits - used, (int)Math.Ceiling(reset.TotalSeconds));
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static DateTimeOffset At(ReadOnlySpan<byte> entry) =>
        DateTimeOffset.FromUnixTimeMilliseconds(PackedPointer.ReadNumber(entry[..TimeBytes]));
}

/// <summary>What is left of a window.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Remaining">Messages it would take now.</param>
/// <param name="ResetSeconds">Whole seconds, rounded up, until it takes one more; 0 when nothing is used.</param>
public sealed record RateState(RateRule Rule, int Remaining, int ResetSeconds)
{
    /// <summary>The refusal of a message too many.</summary>
    public Refusal Refusal => new(
        "rate_limited",
        $"The agent accepts {Rule.Permits} messages in {Rule.Window.TotalSeconds:0} s (AgentMesh__RateLimit__Permits, AgentMesh__RateLimit__WindowSeconds); it takes the next in {ResetSeconds} s.");
}
