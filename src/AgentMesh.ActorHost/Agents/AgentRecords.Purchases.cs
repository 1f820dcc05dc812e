using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Purchases;

namespace AgentMesh.ActorHost.Agents;

/// <summary>The purchases: what there are, each one, and its bodies. All of them only for the turn that needs them.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>Which purchases there are.</summary>
    public async ValueTask<PurchaseBook> LoadPurchasesAsync(CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Purchases);
        return (await state.TryGetStateAsync<PurchaseBook>(StateKeys.Purchases, cancellationToken)).Value ?? PurchaseBook.Empty;
    }

    /// <summary>One of them; null when there is none of that id.</summary>
    public async ValueTask<StoredPurchase?> LoadPurchaseAsync(string id, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Purchase(id));
        return (await state.TryGetStateAsync<StoredPurchase>(StateKeys.Purchase(id), cancellationToken)).Value;
    }

    /// <summary>A body of one: <see cref="StateKeys.PurchaseBody"/> or <see cref="StateKeys.PurchaseAnswer"/>; null when it is not there.</summary>
    public async ValueTask<PurchaseBody?> LoadPurchaseBodyAsync(string key, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(key);
        return (await state.TryGetStateAsync<PurchaseBody>(key, cancellationToken)).Value;
    }

    private async Task SetAsync(PurchaseRecords records, CancellationToken cancellationToken)
    {
        var id = records.Purchase.Id;
        _ofTheTurn.AddRange([StateKeys.Purchases, StateKeys.Purchase(id), StateKeys.PurchaseBody(id), StateKeys.PurchaseAnswer(id)]);
        if (records.Body is { } body)
            await state.SetStateAsync(StateKeys.PurchaseBody(id), body, cancellationToken);
        else if (records.RemovesBody)
            await state.TryRemoveStateAsync(StateKeys.PurchaseBody(id), cancellationToken);
        if (records.Answer is { } answer)
            await state.SetStateAsync(StateKeys.PurchaseAnswer(id), answer, cancellationToken);
        foreach (var other in records.Forgotten)
        {
            foreach (var key in (string[])[StateKeys.Purchase(other), StateKeys.PurchaseBody(other), StateKeys.PurchaseAnswer(other)])
                await RemoveAsync(key, cancellationToken);
        }

        foreach (var other in records.WithoutAnswer)
            await RemoveAsync(StateKeys.PurchaseAnswer(other), cancellationToken);
        await state.SetStateAsync(StateKeys.Purchase(id), records.Purchase, cancellationToken);
        await state.SetStateAsync(StateKeys.Purchases, records.Book, cancellationToken);
    }

    private async Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(key);
        await state.TryRemoveStateAsync(key, cancellationToken);
    }
}
