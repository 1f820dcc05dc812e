namespace AgentMesh.Agents.Payments;

/// <summary>What writing one payment needs of the agent's list. Each verb is safe to repeat.</summary>
/// <param name="Book">How many there are.</param>
/// <param name="N">The page's number.</param>
/// <param name="Page">The page that has the payment, or the one that the next payment goes into, opened.</param>
/// <param name="Seq">The payment's number; null: the agent does not know it.</param>
public sealed record PaymentTable(PaymentBook Book, int N, PaymentPage Page, long? Seq)
{
    /// <summary>The payment as it stands; null: the agent does not know it.</summary>
    public StoredPayment? Known => Seq is { } seq ? Page.Payments[IndexOf(seq)] : null;

    /// <summary>The paid work begins: the payment is in the list before anything is done for it.</summary>
    /// <returns>What to store; null: it is there already.</returns>
    public PaymentChange? Begin(StoredPayment payment) => Seq is null ? Add(payment) : null;

    /// <summary>
    /// The agent is told what became of a payment. One that it does not know is added, because money is not to be missing from its records; but not one
    /// that failed, which for this agent never was: whoever makes payments fail must not fill its list.
    /// </summary>
    /// <returns>What to store; null: it stands there already, or does not belong there.</returns>
    public PaymentChange? Conclude(StoredPayment told)
    {
        if (Known is not { } known)
            return told.State == PaymentState.Failed ? null : Add(told);
        var after = known.Meet(told);
        return after == known ? null : new PaymentChange(Seq!.Value, after, N, Page with { Payments = Page.Payments.SetItem(IndexOf(Seq.Value), after) }, null);
    }

    private PaymentChange Add(StoredPayment payment) =>
        new(Book.Count + 1, payment, N, Page with { Payments = Page.Payments.Add(payment) }, Book with { Count = Book.Count + 1 });

    private int IndexOf(long seq) => (int)(seq - PaymentPage.FirstSeq(N));
}

/// <summary>Records to store of a payment, in one transaction, the book last.</summary>
/// <param name="Seq">The payment's number.</param>
/// <param name="Payment">The payment.</param>
/// <param name="N">The page's number.</param>
/// <param name="Page">The page.</param>
/// <param name="Book">With a new payment, whose place is stored too; null: it was there.</param>
public sealed record PaymentChange(long Seq, StoredPayment Payment, int N, PaymentPage Page, PaymentBook? Book);
