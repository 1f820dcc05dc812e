using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Policies;

/// <summary>
/// What a policy remembers of payments: whom the agent paid, and what went lately. State key <c>spending</c>; not there before the first payment.
/// What does not fit is forgotten to the safe side: a payee counts as new again, and a payment counts longer than it had to.
/// </summary>
/// <param name="Payees">The accounts, the one not paid for the longest time first: 16 bytes each, of SHA-256.</param>
/// <param name="Lines">Recent payments, an asset a line, the one not used for the longest time first.</param>
public sealed record SpendingMemory(PackedEntries Payees, ImmutableArray<SpendingLine> Lines)
{
    private const int PayeeBytes = 16;

    /// <summary>Nothing was paid.</summary>
    public static SpendingMemory Empty { get; } = new(PackedEntries.Empty, []);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.SpendingMemory;

    /// <summary>
    /// Remembers a payment, from the moment that it is decided on: money that is under way counts. Not to be repeated for one payment.
    /// </summary>
    /// <param name="payment">One that a policy has judged.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">No policy can have allowed it.</exception>
    public SpendingMemory With(PolicyFacts payment, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(payment);
        var facts = payment.ToCanonical() ?? throw new ArgumentException("The payment was not judged.", nameof(payment));
        now = now.WholeMilliseconds();
        var recent = Lines.Select(line => line with { Slices = line.Slices.RemoveAll(slice => slice.Until <= now - PolicyLimits.LongestWindow) });
        var lines = recent.Where(line => !line.Slices.IsEmpty).ToImmutableArray();
        var own = lines.FirstOrDefault(line => line.Direction == facts.Direction && line.Asset == facts.Asset);
        lines = own is null ? lines : lines.Remove(own);
        lines = lines.Add((own ?? new SpendingLine(facts.Direction, facts.Asset, [])).With(new SpendingSlice(now, now, 1, facts.AmountAtomic), now));
        return this with
        {
            Payees = facts.Direction == PaymentDirection.Out ? WithPayee(Hash(facts)) : Payees,
            Lines = Bound(lines, facts.Direction, now),
        };
    }

    /// <summary>Whether the payee was paid before, as far as is remembered.</summary>
    internal bool Knows(PolicyFacts payment) => IndexOf(Hash(payment)) >= 0;

    /// <summary>Payments within the window that ends now. One that is exactly as old as the window is out of it; one of the future is in it.</summary>
    /// <param name="direction">Which way they went.</param>
    /// <param name="assets">Of which assets; empty: of all.</param>
    /// <param name="window">How long.</param>
    /// <param name="now">The time.</param>
    internal long CountPayments(PaymentDirection direction, IReadOnlyCollection<string> assets, TimeSpan window, DateTimeOffset now) =>
        Recent(direction, assets, window, now).Sum(slice => (long)slice.Payments);

    /// <summary>What went of an asset within the window that ends now.</summary>
    internal UInt128 SumAmounts(PaymentDirection direction, string asset, TimeSpan window, DateTimeOffset now) =>
        Recent(direction, [asset], window, now).Aggregate(UInt128.Zero, (sum, slice) => Amounts.Plus(sum, slice.AmountAtomic));

    private IEnumerable<SpendingSlice> Recent(PaymentDirection direction, IReadOnlyCollection<string> assets, TimeSpan window, DateTimeOffset now) =>
        from line in Lines
        where line.Direction == direction && (assets.Count == 0 || line.Asset == SpendingLine.AnyAsset || assets.Contains(line.Asset))
        from slice in line.Slices
        where slice.Until > now - window
        select slice;

    /// <summary>Lines that are too many become one that counts for every asset.</summary>
    private static ImmutableArray<SpendingLine> Bound(ImmutableArray<SpendingLine> lines, PaymentDirection direction, DateTimeOffset now)
    {
        if (lines.Count(line => line.Direction == direction) <= PolicyLimits.Lines)
            return lines;
        // The one of every asset among them: no payment uses it, so that it stays the first.
        var oldest = lines.Where(line => line.Direction == direction).Take(2).ToArray();
        return lines.RemoveRange(oldest).Insert(0, oldest[0].And(oldest[1], now));
    }

    private PackedEntries WithPayee(byte[] payee)
    {
        var known = IndexOf(payee);
        var others = known < 0 ? Payees.Bytes.ToArray() : [.. Payees.Bytes[..(known * PayeeBytes)], .. Payees.Bytes[((known + 1) * PayeeBytes)..]];
        var first = Math.Max(0, others.Length + PayeeBytes - PolicyLimits.Payees * PayeeBytes);
        return new PackedEntries([.. others[first..], .. payee]);
    }

    private int IndexOf(byte[] payee)
    {
        for (var at = 0; at + PayeeBytes <= Payees.Bytes.Length; at += PayeeBytes)
        {
            if (Payees.Bytes.Slice(at, PayeeBytes).SequenceEqual(payee))
                return at / PayeeBytes;
        }

        return -1;
    }

    private static byte[] Hash(PolicyFacts payment) => SHA256.HashData(Encoding.UTF8.GetBytes(payment.Account))[..PayeeBytes];
}
