using System.Collections.Immutable;
using AgentMesh.Payments.Settlement;

namespace AgentMesh.Payments.Sweeping;

/// <summary>
/// The part of the index of open payments whose ids begin with one digit, key <c>open-payments:{digit}</c> in the ordinary state API. Each verb is safe
/// to repeat. Whoever notes a payment only adds it; who sweeps moves it on, and removes it when it has nothing to do any more.
/// </summary>
/// <param name="All">At most one entry for each payment.</param>
internal sealed record OpenPayments(ImmutableArray<OpenPayment> All)
{
    /// <summary>Payments in one part. Those beyond it are not in the index, and have their reminders only.</summary>
    public const int MaxEntries = 1024;

    /// <summary>The parts, by the first digit of an id, which is one of a hash. Part of the layout in the store, so never changed.</summary>
    public const string Shards = "0123456789abcdef";

    /// <summary>No payment.</summary>
    public static OpenPayments Empty { get; } = new(ImmutableArray<OpenPayment>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = PaymentStateJson.OpenPaymentsVersion;

    /// <summary>Notes payments. One that is there keeps its time, and one that finds no room is left out.</summary>
    /// <returns>The same part when nothing is new.</returns>
    public OpenPayments Note(IReadOnlyCollection<string> ids, DateTimeOffset at)
    {
        var known = All.Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var added = ids.Where(known.Add).Take(MaxEntries - All.Length).Select(id => new OpenPayment(id, WholeMilliseconds(at))).ToArray();
        return added.Length == 0 ? this : this with { All = All.AddRange(added) };
    }

    /// <summary>
    /// Hands out payments whose time is over, the earliest first, and leaves them to who takes them for a while: another that sweeps does not find them,
    /// and finds them again when that one dies.
    /// </summary>
    public (OpenPayments After, ImmutableArray<OpenPayment> Taken) Take(DateTimeOffset dueBefore, int most, DateTimeOffset until)
    {
        ImmutableArray<OpenPayment> due = [.. All.Where(one => one.At <= dueBefore).OrderBy(one => one.At).Take(most)];
        if (due.IsEmpty)
            return (this, []);
        ImmutableArray<OpenPayment> taken = [.. due.Select(one => one with { At = WholeMilliseconds(until) })];
        return (this with { All = All.RemoveRange(due).AddRange(taken) }, taken);
    }

    /// <summary>A payment that was taken was looked after.</summary>
    /// <param name="taken">As it was taken. One that another has taken since is left to it.</param>
    /// <param name="next">When to look again; null: never.</param>
    public OpenPayments Settle(OpenPayment taken, DateTimeOffset? next)
    {
        if (!All.Contains(taken))
            return this;
        return this with { All = next is { } at ? All.Replace(taken, taken with { At = WholeMilliseconds(at) }) : All.Remove(taken) };
    }

    // As they are stored: an entry in memory equals the one that is read again.
    private static DateTimeOffset WholeMilliseconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
