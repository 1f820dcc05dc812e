using System.Numerics;

namespace AgentMesh.Cli.Terminal;

/// <summary>How much of a whole there is, drawn in letters that every terminal has.</summary>
internal static class Bar
{
    private const char Done = '#';
    private const char Held = '=';
    private const char Free = '.';

    // Of nothing there is no part.
    private const char None = '-';

    /// <summary>
    /// Draws it. What there is a little of has a place, and what is not full shows that: only a whole is drawn as one.
    /// </summary>
    /// <param name="done">Of the whole, for good.</param>
    /// <param name="held">Of the whole, for now; both together may be more than it.</param>
    /// <param name="whole">The whole.</param>
    /// <param name="width">Places between the brackets, at least three.</param>
    public static string Of(BigInteger done, BigInteger held, BigInteger whole, int width)
    {
        if (whole <= 0)
            return $"[{new string(None, width)}]";
        var (leastDone, leastHeld) = (done > 0 ? 1 : 0, held > 0 ? 1 : 0);
        var all = Math.Max(Places(done + held, whole, width), leastDone + leastHeld);
        var first = Math.Clamp(Places(done, whole, width), leastDone, all - leastHeld);
        return $"[{new string(Done, first)}{new string(Held, held > 0 ? all - first : 0)}{new string(Free, width - (held > 0 ? all : first))}]";
    }

    private static int Places(BigInteger part, BigInteger whole, int width) => (int)(BigInteger.Min(part, whole) * width / whole);
}
