using System.Collections.Immutable;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Payments;

/// <summary>A run of <see cref="PaymentLimits.PagePayments"/> payments. State key <c>payments:{n}</c>, n from 1.</summary>
/// <param name="Payments">By rising number.</param>
public sealed record PaymentPage(ImmutableArray<StoredPayment> Payments)
{
    /// <summary>A page nothing has been written to.</summary>
    public static PaymentPage Empty { get; } = new(ImmutableArray<StoredPayment>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.PaymentPage;

    /// <summary>The page of a payment.</summary>
    public static int NumberOf(long seq) => checked((int)((seq - 1) / PaymentLimits.PagePayments)) + 1;

    /// <summary>The number of a page's first payment.</summary>
    public static long FirstSeq(int n) => (n - 1L) * PaymentLimits.PagePayments + 1;

    /// <summary>The page without what lies beyond the book: payments of a transaction whose book was never stored. Refused when it has fewer.</summary>
    /// <param name="stored">As stored; null when there is none.</param>
    /// <param name="n">Its number.</param>
    /// <param name="book">How many payments there are.</param>
    public static Result<PaymentPage> Open(PaymentPage? stored, int n, PaymentBook book)
    {
        var page = stored ?? Empty;
        var expected = (int)Math.Clamp(book.Count - FirstSeq(n) + 1, 0, PaymentLimits.PagePayments);
        if (page.Payments.Length < expected)
            return ConversationRefusals.AgentQuarantined($"page {n} of the payments is missing");
        return page.Payments.Length == expected ? page : page with { Payments = page.Payments[..expected] };
    }
}
