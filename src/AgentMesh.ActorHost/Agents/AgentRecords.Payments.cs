using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Payments;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// The list of payments. Beside the conversation and without its head: a message that nobody pays for reads nothing of it, and an erasure leaves it.
/// </summary>
internal sealed partial class AgentRecords
{
    /// <summary>How many payments there are.</summary>
    public async ValueTask<PaymentBook> LoadPaymentBookAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Payments);
        return (await state.TryGetStateAsync<PaymentBook>(StateKeys.Payments, cancellationToken)).Value ?? PaymentBook.Empty;
    }

    /// <summary>A stored page; null when it is missing.</summary>
    public async ValueTask<PaymentPage?> LoadPaymentPageAsync(int n, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.PaymentPage(n));
        return (await state.TryGetStateAsync<PaymentPage>(StateKeys.PaymentPage(n), cancellationToken)).Value;
    }

    /// <summary>The page that has a payment, or the one that the next payment goes into: what writing it needs.</summary>
    public async ValueTask<Result<PaymentTable>> LoadPaymentAsync(string id, CancellationToken cancellationToken)
    {
        // GetOrAdd, because Set would ask the store once more whether a key it does not know is there. What is not set leaves with the turn.
        _ofTheTurn.Add(StateKeys.Payments);
        var book = await state.GetOrAddStateAsync(StateKeys.Payments, PaymentBook.Empty, cancellationToken);
        _ofTheTurn.Add(StateKeys.PaymentPlace(id));
        var place = await state.GetOrAddStateAsync(StateKeys.PaymentPlace(id), PaymentPlace.None, cancellationToken);
        if (book.Has(place.Seq))
        {
            var found = await LoadPaymentTableAsync(book, place.Seq, place.Seq, cancellationToken);
            // Else half of a transaction left the place behind, and the number was given out again.
            if (found.IsRefused || found.Value.Known!.Id == id)
                return found;
        }

        return await LoadPaymentTableAsync(book, book.Count + 1, null, cancellationToken);
    }

    private async ValueTask<Result<PaymentTable>> LoadPaymentTableAsync(PaymentBook book, long at, long? seq, CancellationToken cancellationToken)
    {
        var n = PaymentPage.NumberOf(at);
        _ofTheTurn.Add(StateKeys.PaymentPage(n));
        var page = PaymentPage.Open(await state.GetOrAddStateAsync(StateKeys.PaymentPage(n), PaymentPage.Empty, cancellationToken), n, book);
        return page.IsRefused ? page.Refusal : new PaymentTable(book, n, page.Value, seq);
    }
}
