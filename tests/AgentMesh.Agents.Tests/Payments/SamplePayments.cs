using AgentMesh.Agents.Payments;

namespace AgentMesh.Agents.Tests.Payments;

/// <summary>Payments, and lists of them as they grow.</summary>
internal static class SamplePayments
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static string IdOf(int n) => n.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);

    public static StoredPayment Of(int n, PaymentState state = PaymentState.Executing) => new(
        IdOf(n), PaymentDirection.In, state, "100000", 6, "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "eip155:84532",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "http://localhost/agent/alice/premium/analysis",
        Now, Now, null, null);

    /// <summary>The records of a list of so many payments, as one after the other was added.</summary>
    public static (PaymentBook Book, Dictionary<int, PaymentPage> Pages) ListOf(int count)
    {
        var (book, pages) = (PaymentBook.Empty, new Dictionary<int, PaymentPage>());
        for (var n = 1; n <= count; n++)
        {
            var change = Open(book, pages).Begin(Of(n))!;
            (book, pages[change.N]) = (change.Book!, change.Page);
        }

        return (book, pages);
    }

    /// <summary>What the next payment goes into.</summary>
    public static PaymentTable Open(PaymentBook book, Dictionary<int, PaymentPage> pages)
    {
        var n = PaymentPage.NumberOf(book.Count + 1);
        return new PaymentTable(book, n, PaymentPage.Open(pages.GetValueOrDefault(n), n, book).Value!, null);
    }
}
