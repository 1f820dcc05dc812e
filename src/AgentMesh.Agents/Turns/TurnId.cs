using System.Globalization;

namespace AgentMesh.Agents.Turns;

/// <summary>A turn's number as callers see it: decimal text.</summary>
public static class TurnId
{
    /// <summary>The text of a number.</summary>
    public static string Of(long turn) => turn.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of a text; null when it is none a turn can have.</summary>
    public static long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var turn) && turn > 0 && Of(turn) == text ? turn : null;
}
