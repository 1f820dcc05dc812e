using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Payments;
using static AgentMesh.Agents.Tests.Payments.SamplePayments;

namespace AgentMesh.Agents.Tests.Payments;

public sealed class PaymentTableTests
{
    private const string Hash = "0x89f1b8d0a3f2c7f0e4d5b6a79889786756453423120f1e2d3c4b5a6978695a4b";

    /// <summary>What the agent knows, what it is told, and what it knows then: a state, or <c>=</c> for no change.</summary>
    [Theory]
    [InlineData("Executing", "Unknown", "Unknown")]
    [InlineData("Executing", "Settled", "Settled")]
    [InlineData("Executing", "Failed", "Failed")]
    [InlineData("Executing", "Executing", "=")]
    [InlineData("Unknown", "Settled", "Settled")]
    [InlineData("Unknown", "Failed", "Failed")]
    [InlineData("Unknown", "Executing", "=")]
    [InlineData("Settled", "Unknown", "=")]
    [InlineData("Settled", "Failed", "=")]
    [InlineData("Settled", "Executing", "=")]
    [InlineData("Failed", "Unknown", "=")]
    [InlineData("Failed", "Settled", "=")]
    [InlineData(null, "Settled", "Settled")]
    [InlineData(null, "Unknown", "Unknown")]
    [InlineData(null, "Failed", "=")]
    public void Conclude_LeadsWhereTheTableSays_AndTwiceToTheSame(string? known, string told, string after)
    {
        var word = Of(2, Enum.Parse<PaymentState>(told)) with { Reason = "some_code", Transaction = Hash, UpdatedAt = Now.AddSeconds(1) };
        var (book, pages) = ListOf(1);
        var table = Open(book, pages);
        if (known is not null)
            table = With(table, table.Begin(Of(2, Enum.Parse<PaymentState>(known)))!);
        var change = table.Conclude(word);
        Assert.Equal(after == "=", change is null);
        if (change is null)
            return;
        Assert.Equal((2, word), (change.Seq, change.Payment));
        Assert.Equal(Of(1), change.Page.Payments[0]);
        Assert.Equal(known is null, change.Book is not null);
        Assert.Null(With(table, change).Conclude(word));
    }

    /// <summary>The transaction that is known, the one that is told, and the one that is known then.</summary>
    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "0x2", "0x2")]
    [InlineData(Hash, null, Hash)]
    [InlineData(Hash, "0x2", "0x2")]
    public void Conclude_KeepsTheLastTransactionThatWasTold(string? known, string? told, string? after)
    {
        var table = Open(PaymentBook.Empty, []);
        table = With(table, table.Begin(Of(1))!);
        table = With(table, table.Conclude(Of(1, PaymentState.Unknown) with { Transaction = known })!);
        Assert.Equal(after, table.Conclude(Of(1, PaymentState.Settled) with { Transaction = told })!.Payment.Transaction);
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, false)]
    [InlineData(2, 0, false)]
    [InlineData(2, 1, true)]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, false)]
    public void Number_WasGivenOut_FromOneToTheCount(long count, long seq, bool wasGivenOut) => Assert.Equal(wasGivenOut, new PaymentBook(count).Has(seq));

    [Fact]
    public void Begin_OfAPaymentThatIsThere_ChangesNothing()
    {
        var table = Open(PaymentBook.Empty, []);
        table = With(table, table.Begin(Of(1, PaymentState.Settled))!);
        Assert.Null(table.Begin(Of(1)));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(15, 1, 16)]
    [InlineData(16, 2, 1)]
    [InlineData(17, 2, 2)]
    [InlineData(32, 3, 1)]
    public void Begin_FillsPageAfterPage(int before, int page, int length)
    {
        var (book, pages) = ListOf(before);
        var change = Open(book, pages).Begin(Of(before + 1))!;
        Assert.Equal((before + 1, before + 1, page, length), (change.Seq, change.Book!.Count, change.N, change.Page.Payments.Length));
        Assert.Equal(IdOf(before + 1), change.Page.Payments[^1].Id);
    }

    /// <summary>Redis does not roll a transaction back: what its last record does not count was never stored.</summary>
    [Fact]
    public void PaymentsBeyondTheBook_AreOverwritten()
    {
        var (_, pages) = ListOf(3);
        var (book, _) = ListOf(2);
        var change = Open(book, pages).Begin(Of(9))!;
        Assert.Equal([IdOf(1), IdOf(2), IdOf(9)], change.Page.Payments.Select(payment => payment.Id));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(17, 15)]
    [InlineData(16, 0)]
    public void PageThatHasTooFew_IsDamage(int counted, int stored)
    {
        var page = stored == 0 ? null : new PaymentPage([.. Enumerable.Range(1, stored).Select(n => Of(n))]);
        Assert.Equal(ConversationRefusals.AgentQuarantined("").Code, PaymentPage.Open(page, 1, new PaymentBook(counted)).Refusal!.Code);
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", true)]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", true)]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", false)]
    [InlineData(null, false)]
    public void Agent_WorksOnlyForWhatItsOwnWalletIsPaid(string? wallet, bool works) =>
        Assert.Equal(works, PaymentRecordRefusals.CheckPayee(AgentHead.Unborn(Now) with { Wallet = wallet }, Of(1).Payee) is null);

    private static PaymentTable With(PaymentTable table, PaymentChange change) => table with { Book = change.Book ?? table.Book, Page = change.Page, Seq = change.Seq };
}
