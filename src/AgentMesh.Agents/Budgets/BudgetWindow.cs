using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Budgets;

/// <summary>
/// The time whose spending a limit counts: <c>once</c> (all of it), <c>rolling:24h</c> or <c>rolling:90m</c> (the last so many hours or minutes), or
/// <c>calendar:day:ZONE</c>, <c>calendar:week:ZONE</c> (from Monday), <c>calendar:month:ZONE</c> of a zone by its IANA name.
/// </summary>
[JsonConverter(typeof(BudgetWindowConverter))]
public sealed record BudgetWindow
{
    private const string RollingPrefix = "rolling:";
    private const string CalendarPrefix = "calendar:";

    private readonly string _text;

    private BudgetWindow(string text, TimeSpan? rolling, CalendarPeriod? calendar) => (_text, Rolling, Calendar) = (text, rolling, calendar);

    /// <summary>The length of a rolling window; null: it is none.</summary>
    internal TimeSpan? Rolling { get; }

    /// <summary>The days, weeks or months of a calendar window; null: it is none.</summary>
    internal CalendarPeriod? Calendar { get; }

    /// <summary>Reads a window that this system can count; null for anything else.</summary>
    public static BudgetWindow? TryParse(string text) => Read(text) is { } window && window.Calendar is null or { IsKnown: true } ? window : null;

    /// <summary>
    /// Reads a stored window. One of a time zone that the system knew when it was set, and does not know now, counts for ever: a limit that lets
    /// go of nothing is safe, and an agent that cannot be read is not.
    /// </summary>
    internal static BudgetWindow? Read(string text)
    {
        if (text == "once")
            return new BudgetWindow(text, null, null);
        if (text.StartsWith(RollingPrefix, StringComparison.Ordinal))
            return WindowLength.TryParse(text[RollingPrefix.Length..], BudgetBounds.ShortestRolling, BudgetBounds.LongestRolling) is { } length ? new BudgetWindow(text, length, null) : null;
        if (text.StartsWith(CalendarPrefix, StringComparison.Ordinal))
            return CalendarPeriod.Read(text[CalendarPrefix.Length..]) is { } period ? new BudgetWindow(text, null, period) : null;
        return null;
    }

    /// <summary>True while what was spent at a time is in the window. A rolling one has it until exactly its length later.</summary>
    internal bool Has(DateTimeOffset spent, DateTimeOffset now) =>
        Rolling is { } length ? now - spent < length : Calendar?.StartOf(now) is not { } start || spent >= start;

    /// <summary>When what was spent at a time, and is in the window, leaves it; null: never.</summary>
    internal DateTimeOffset? LeavesAt(DateTimeOffset spent, DateTimeOffset now) =>
        Rolling is { } length ? spent + length : Calendar?.EndOf(now);

    /// <summary>True when two times are in the same part of a window: what is spent in a part leaves the window as one.</summary>
    internal bool AreTogether(DateTimeOffset one, DateTimeOffset other) =>
        Rolling is not { } length || PartOf(one, length) == PartOf(other, length);

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static long PartOf(DateTimeOffset time, TimeSpan length) => time.Ticks / (length.Ticks / BudgetBounds.RollingParts);
}
