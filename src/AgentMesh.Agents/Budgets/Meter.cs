using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Budgets;

/// <summary>
/// What was spent by a scope of an asset in a window. It goes on counting when the limit it was made for is taken away, until nothing of it is in
/// the window any more: a limit that is set again does not forget.
/// </summary>
/// <param name="Scope">By what.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Window">In which time.</param>
/// <param name="Slices">What was spent, oldest first: one for each part of a rolling window, else at most one.</param>
/// <param name="Overrun">What models have cost beyond their holds, which is not in <paramref name="Slices"/> and locks the limit; null: nothing.</param>
/// <param name="Told">The threshold in percent that was told last, and when; null: none in this window.</param>
public sealed record Meter(
    string Scope,
    string Asset,
    BudgetWindow Window,
    [property: JsonConverter(typeof(MeterSlicesConverter))] ImmutableArray<MeterSlice> Slices,
    [property: JsonConverter(typeof(MeterSliceConverter))] MeterSlice? Overrun,
    ToldThreshold? Told)
{
    /// <summary>What counts as spent.</summary>
    [JsonIgnore]
    internal UInt128 Posted => Amounts.Sum(Slices.Select(slice => slice.Amount));

    /// <summary>True when the window would lose nothing with it.</summary>
    [JsonIgnore]
    internal bool IsEmpty => Slices.IsEmpty && Overrun is null;

    /// <summary>The last time that something was spent.</summary>
    [JsonIgnore]
    internal DateTimeOffset LastSpent => Slices is [.., var last] ? last.At : DateTimeOffset.MinValue;

    /// <summary>True when it counts for that limit.</summary>
    internal bool IsOf(BudgetLimit limit) => Scope == limit.Scope && Asset == limit.Asset && Window == limit.Window;

    /// <summary>
    /// The meter of a new limit. It knows what the meters of the same scope and asset know, on the safe side: the most that one of them has
    /// in the new window.
    /// </summary>
    internal static Meter For(BudgetLimit limit, IEnumerable<Meter> others, DateTimeOffset now)
    {
        var known = others.Where(other => other.Scope == limit.Scope && other.Asset == limit.Asset).ToList();
        var empty = new Meter(limit.Scope, limit.Asset, limit.Window, [], known.MaxBy(other => other.Overrun?.Amount)?.Overrun, null);
        return known
            .Select(other => other.Slices.Where(slice => limit.Window.Has(slice.At, now)).Aggregate(empty, (meter, slice) => meter.Charge(slice.Amount, slice.At)))
            .Append(empty)
            .Select(meter => meter.Roll(now))
            .MaxBy(meter => meter.Posted)!;
    }

    /// <summary>A meter for each limit, and as far as there is room those of earlier limits that still know something, or will.</summary>
    /// <param name="limits">The limits in force.</param>
    /// <param name="meters">The meters so far.</param>
    /// <param name="isHeld">True when something is set aside that a meter will count.</param>
    /// <param name="most">How many there may be.</param>
    /// <param name="now">The time.</param>
    internal static ImmutableArray<Meter> Of(
        ImmutableArray<BudgetLimit> limits, ImmutableArray<Meter> meters, Func<Meter, bool> isHeld, int most, DateTimeOffset now)
    {
        var rolled = meters.Select(meter => meter.Roll(now)).ToImmutableArray();
        var used = limits.Select(limit => rolled.FirstOrDefault(meter => meter.IsOf(limit)) ?? For(limit, rolled, now)).ToImmutableArray();
        var left = rolled
            .Where(meter => !limits.Any(meter.IsOf) && (!meter.IsEmpty || isHeld(meter)))
            .OrderByDescending(meter => meter.LastSpent)
            .Take(most - used.Length);
        return [.. used, .. left];
    }

    /// <summary>Without what has left the window.</summary>
    internal Meter Roll(DateTimeOffset now)
    {
        var left = Slices.RemoveAll(slice => !Window.Has(slice.At, now));
        return this with
        {
            Slices = left,
            Overrun = Overrun is { } overrun && Window.Has(overrun.At, now) ? overrun : null,
            Told = Told is { } told && Window.Has(told.At, now) ? told : null,
        };
    }

    /// <summary>With an amount that was spent, at a time that is not before those it knows.</summary>
    internal Meter Charge(UInt128 amount, DateTimeOffset at)
    {
        if (amount == 0)
            return this;
        return Slices is [.. var earlier, var last] && Window.AreTogether(last.At, at)
            ? this with { Slices = [.. earlier, new MeterSlice(at, Amounts.Plus(last.Amount, amount))] }
            : this with { Slices = Slices.Add(new MeterSlice(at, amount)) };
    }

    /// <summary>With an amount that a model has cost beyond its hold.</summary>
    internal Meter ChargeOverrun(UInt128 amount, DateTimeOffset at) =>
        amount == 0 ? this : this with { Overrun = new MeterSlice(at, Amounts.Plus(Overrun?.Amount ?? 0, amount)) };

    /// <summary>With its overrun as spent, where a limit has room for it.</summary>
    internal Meter Forgive(UInt128 limit, DateTimeOffset now) =>
        Overrun is { } overrun && Amounts.Plus(Posted, overrun.Amount) <= limit ? (this with { Overrun = null }).Charge(overrun.Amount, now) : this;

    /// <summary>When the window begins anew, or the oldest spending of a rolling one leaves it; null: never, or nothing was spent.</summary>
    internal DateTimeOffset? ResetsAt(DateTimeOffset now) => Slices is [var oldest, ..]
        ? Window.LeavesAt(oldest.At, now)
        : Window.Rolling is null ? Window.LeavesAt(now, now) : null;

    /// <summary>When so much of what was spent will have left the window; null: never by itself.</summary>
    internal DateTimeOffset? FreesAt(UInt128 amount, DateTimeOffset now)
    {
        UInt128 freed = 0;
        foreach (var slice in Slices)
        {
            freed = Amounts.Plus(freed, slice.Amount);
            if (freed >= amount)
                return Window.LeavesAt(slice.At, now);
        }

        return null;
    }
}

/// <summary>A threshold that watchers were told of.</summary>
/// <param name="Percent">Which.</param>
/// <param name="At">When.</param>
public sealed record ToldThreshold(int Percent, DateTimeOffset At);
