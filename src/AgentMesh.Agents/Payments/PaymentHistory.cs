using System.Collections.Immutable;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Payments;

/// <summary>Reading the list of payments backwards, a page of the caller's size at a time.</summary>
public static class PaymentHistory
{
    /// <summary>Reads a page, and of the stored ones no more than it shows.</summary>
    /// <param name="book">How many there are.</param>
    /// <param name="limit">1-1000 payments.</param>
    /// <param name="before">Only payments with a smaller number; null for the newest.</param>
    /// <param name="direction">Only payments that go that way; null: all.</param>
    /// <param name="loadPage">Loads a stored page; null when it is missing.</param>
    /// <param name="cancellationToken">Passed to <paramref name="loadPage"/>.</param>
    public static async ValueTask<Result<PaymentSlice>> ReadAsync(
        PaymentBook book, int limit, long? before, PaymentDirection? direction, Func<int, CancellationToken, ValueTask<PaymentPage?>> loadPage, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > PaymentLimits.ListPayments)
            return PaymentRecordRefusals.InvalidLimit;
        var newestFirst = new List<NumberedPayment>();
        var bytes = 0;
        PaymentPage? page = null;
        var newest = Math.Min(book.Count, (before ?? long.MaxValue) - 1);
        for (var seq = newest; seq >= 1; seq--)
        {
            var n = PaymentPage.NumberOf(seq);
            // Decided before a page is read that nothing is shown of.
            if (newestFirst.Count == limit || newest - seq == PaymentLimits.LookedAtPayments)
                return ToSlice(newestFirst, seq + 1);
            if (page is null || seq % PaymentLimits.PagePayments == 0)
            {
                var opened = PaymentPage.Open(await loadPage(n, cancellationToken), n, book);
                if (opened.IsRefused)
                    return opened.Refusal;
                page = opened.Value;
            }

            var payment = page.Payments[(int)(seq - PaymentPage.FirstSeq(n))];
            if (direction is { } wanted && payment.Direction != wanted)
                continue;
            bytes += payment.EncodedBytes;
            // The slice ends before a payment that is too much, but is never empty.
            if (newestFirst.Count > 0 && bytes > PaymentLimits.ListBytes)
                return ToSlice(newestFirst, seq + 1);
            newestFirst.Add(new NumberedPayment(seq, payment));
        }

        return ToSlice(newestFirst, null);
    }

    private static PaymentSlice ToSlice(List<NumberedPayment> newestFirst, long? nextBefore)
    {
        newestFirst.Reverse();
        return new PaymentSlice([.. newestFirst], nextBefore);
    }
}

/// <summary>A payment and its number in the list.</summary>
/// <param name="Seq">From 1, without a gap.</param>
/// <param name="Payment">The payment.</param>
public readonly record struct NumberedPayment(long Seq, StoredPayment Payment);

/// <summary>A page of the list.</summary>
/// <param name="Payments">Oldest first.</param>
/// <param name="NextBefore">The <c>before</c> of the next older page; null at the end.</param>
public sealed record PaymentSlice(ImmutableArray<NumberedPayment> Payments, long? NextBefore);
