using System.Collections.Immutable;
using AgentMesh.Agents.Payments;

namespace AgentMesh.Agents.Policies;

/// <summary>The recent payments of one asset, oldest first.</summary>
/// <param name="Direction">Which way they went.</param>
/// <param name="Asset">CAIP-19; <see cref="AnyAsset"/>: payments whose asset is not remembered, which count for every asset.</param>
/// <param name="Slices">At most <see cref="PolicyLimits.Slices"/>.</param>
public sealed record SpendingLine(PaymentDirection Direction, string Asset, ImmutableArray<SpendingSlice> Slices)
{
    internal const string AnyAsset = "*";

    /// <summary>The line with one more slice.</summary>
    internal SpendingLine With(SpendingSlice slice, DateTimeOffset now)
    {
        var slices = Slices.Add(slice);
        return this with { Slices = slices.Length > PolicyLimits.Slices ? Gather(slices, now) : slices };
    }

    /// <summary>What of both lines is remembered, as one line of any asset.</summary>
    internal SpendingLine And(SpendingLine other, DateTimeOffset now)
    {
        var both = this with { Asset = AnyAsset, Slices = [] };
        foreach (var slice in Slices.Concat(other.Slices).OrderBy(slice => slice.From))
            both = both.With(slice, now);
        return both;
    }

    /// <summary>
    /// Makes one of two neighbors, those that are closest together for their age: an old payment then counts up to about a fifth of its age too long
    /// and never too short, whatever the window, in a record of a bounded size.
    /// </summary>
    private static ImmutableArray<SpendingSlice> Gather(ImmutableArray<SpendingSlice> slices, DateTimeOffset now)
    {
        var (best, at) = (double.PositiveInfinity, 0);
        for (var n = 0; n + 1 < slices.Length; n++)
        {
            // A second more, so that what was made right now has an age.
            var age = Math.Max(0, (now - slices[n + 1].Until).TotalSeconds) + 1;
            var spread = (slices[n + 1].Until - slices[n].From).TotalSeconds / age;
            if (spread < best)
                (best, at) = (spread, n);
        }

        return slices.SetItem(at, slices[at].And(slices[at + 1])).RemoveAt(at + 1);
    }
}
