using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Erasing;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Profile;
using AgentMesh.Agents.Sessions;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Turns;
using AgentMesh.Agents.Usage;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts;

namespace AgentMesh.ActorHost.Agents;

/// <summary>Committing changes: each is one transaction.</summary>
internal sealed partial class AgentRecords
{
    /// <summary>Commits a change, in one transaction, before anything is answered.</summary>
    /// <param name="before">The head it began with.</param>
    /// <param name="openBefore">The open page of the change's session at that time.</param>
    /// <param name="change">The records.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task StoreAsync(AgentHead before, OpenPage openBefore, AgentChange change, CancellationToken cancellationToken)
    {
        await SetAsync(before, openBefore, change, cancellationToken);
        await SaveAsync(cancellationToken);
        Known = change.Head;
        if (_offered?.Address == change.Head.Wallet)
            _storedWallet = _offered ?? _storedWallet;
        for (var n = before.Page.N; n < change.Head.Page.N; n++)
            _ofTheTurn.Add(StateKeys.Page(SessionNames.Default, n));
        foreach (var (n, _) in change.Events.Where(page => page.N != EventLogPage.OpenNumber(change.Head)))
            _ofTheTurn.Add(StateKeys.Events(n));
    }

    /// <summary>Commits that a run of the model lives. The head stays: the attempt is what guards the record.</summary>
    public async Task StoreAsync(TurnTable turns, CancellationToken cancellationToken)
    {
        await state.SetStateAsync(StateKeys.Turns, turns, cancellationToken);
        await SaveAsync(cancellationToken);
    }

    /// <summary>Commits a summary. The head stays: the pages that are in the summary are what guards it.</summary>
    public async Task StoreAsync(string session, SessionSummary summary, CancellationToken cancellationToken)
    {
        await state.SetStateAsync(StateKeys.Summary(session), summary, cancellationToken);
        await SaveAsync(cancellationToken);
    }

    /// <summary>Commits a change of a session, in one transaction.</summary>
    /// <param name="before">The head it began with; null for a change that leaves it alone.</param>
    /// <param name="change">The records.</param>
    /// <param name="cancellationToken">Ends with the caller.</param>
    public async Task StoreAsync(AgentHead? before, SessionChange change, CancellationToken cancellationToken)
    {
        for (var n = change.RemovedPages.First; n <= change.RemovedPages.Last; n++)
            await state.TryRemoveStateAsync(StateKeys.Page(change.Id, n), cancellationToken);
        if (change.Session is null or { IsDeleted: true })
            await state.TryRemoveStateAsync(StateKeys.Summary(change.Id), cancellationToken);
        if (change.Session is { } session)
            await state.SetStateAsync(StateKeys.Session(change.Id), session, cancellationToken);
        else
            await state.TryRemoveStateAsync(StateKeys.Session(change.Id), cancellationToken);
        if (change.Index is { } index)
            await state.SetStateAsync(StateKeys.Sessions, index, cancellationToken);
        if (change.Expiries is not null)
            _ofTheTurn.Add(StateKeys.Expiries);
        if (change.Expiries is { Next: null })
            await state.TryRemoveStateAsync(StateKeys.Expiries, cancellationToken);
        else if (change.Expiries is { } expiries)
            await state.SetStateAsync(StateKeys.Expiries, expiries, cancellationToken);
        if (change.Agent is { } agent && before is not null)
            await StoreAsync(before, before.Page, agent, cancellationToken);
        else
            await SaveAsync(cancellationToken);
    }

    /// <summary>Commits a profile.</summary>
    public async Task StoreAsync(AgentHead before, ProfileChange change, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Profile);
        if (change.Profile.SystemPrompt is null)
            await state.TryRemoveStateAsync(StateKeys.Profile, cancellationToken);
        else
            await state.SetStateAsync(StateKeys.Profile, change.Profile, cancellationToken);
        await StoreAsync(before, before.Page, change.Agent, cancellationToken);
    }

    /// <summary>Writes soft state.</summary>
    public async Task StoreAsync(UsageRecord usage, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Usage);
        await state.SetStateAsync(StateKeys.Usage, usage, cancellationToken);
        await SaveAsync(cancellationToken);
        _usage = (true, usage);
    }

    /// <summary>Commits what has changed of the wallet. The head stays: whoever writes it has the same address and opens the same key.</summary>
    public async Task StoreAsync(WalletRecord wallet, CancellationToken cancellationToken)
    {
        _ofTheTurn.Add(StateKeys.Wallet);
        await state.SetStateAsync(StateKeys.Wallet, wallet, cancellationToken);
        await SaveAsync(cancellationToken);
        _storedWallet = wallet;
    }

    /// <summary>Commits what became of a payment. The head stays, and need not be there: payments outlive it.</summary>
    public async Task StoreAsync(PaymentChange payment, CancellationToken cancellationToken)
    {
        await SetAsync(payment, cancellationToken);
        await SaveAsync(cancellationToken);
    }

    /// <summary>Commits a part of an erasure. With the last one the agent is as one never used.</summary>
    /// <returns>How many records were there and are gone, by the first word of their keys.</returns>
    public async Task<Dictionary<string, int>> StoreAsync(ErasurePart part, CancellationToken cancellationToken)
    {
        var removed = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var key in part.Keys)
        {
            if (!await state.TryRemoveStateAsync(key, cancellationToken))
                continue;
            var kind = key.Split(':')[0];
            removed[kind] = removed.GetValueOrDefault(kind) + 1;
        }

        if (part.Session is { } session)
            await state.SetStateAsync(StateKeys.Session(session.Id), session.Record, cancellationToken);
        if (part.Purchases is { } purchases)
            await state.SetStateAsync(StateKeys.Purchases, purchases, cancellationToken);
        if (part.Index is { } index)
            await state.SetStateAsync(StateKeys.Sessions, index, cancellationToken);
        if (part.Ledger is { } ledger)
            await state.SetStateAsync(StateKeys.Ledger, ledger, cancellationToken);
        if (part.Head is { } head)
            await state.SetStateAsync(StateKeys.Head, head, cancellationToken);
        await SaveAsync(cancellationToken);
        // Nothing of what was read for it is worth keeping, what is missing among it.
        await AbandonAsync();
        return removed;
    }

    // The book last: what is beyond it was never stored.
    private async Task SetAsync(PaymentChange payment, CancellationToken cancellationToken)
    {
        await state.SetStateAsync(StateKeys.PaymentPage(payment.N), payment.Page, cancellationToken);
        if (payment.Book is not { } book)
            return;
        await state.SetStateAsync(StateKeys.PaymentPlace(payment.Payment.Id), new PaymentPlace(payment.Seq), cancellationToken);
        await state.SetStateAsync(StateKeys.Payments, book, cancellationToken);
    }

    private async Task SetAsync(AgentHead before, OpenPage openBefore, AgentChange change, CancellationToken cancellationToken)
    {
        foreach (var (n, bucket) in change.Buckets)
            await state.SetStateAsync(StateKeys.Bucket(n), bucket, cancellationToken);
        foreach (var (n, page) in change.Pages)
        {
            var key = StateKeys.Page(change.SessionId, n);
            if (n != openBefore.N && !ReferenceEquals(page, await state.GetOrAddStateAsync(key, page, cancellationToken)))
                await CheckHeadIsOursAsync(before, cancellationToken);
            await state.SetStateAsync(key, page, cancellationToken);
            if (change.SessionId != SessionNames.Default)
                _ofTheTurn.Add(key);
        }

        foreach (var (n, page) in change.Events)
        {
            var key = StateKeys.Events(n);
            // A page that begins is asked for too, as pages of messages are: another activation may be ahead.
            if (n != EventLogPage.OpenNumber(before) && !ReferenceEquals(page, await state.GetOrAddStateAsync(key, page, cancellationToken)))
                await CheckHeadIsOursAsync(before, cancellationToken);
            await state.SetStateAsync(key, page, cancellationToken);
        }

        foreach (var trimmed in change.TrimmedEvents)
            await state.TryRemoveStateAsync(StateKeys.Events(trimmed), cancellationToken);
        if (change.Session is { } record)
            await state.SetStateAsync(StateKeys.Session(change.SessionId), record, cancellationToken);
        if (change.Turns is not null)
            _ofTheTurn.Add(StateKeys.Turns);
        if (change.Turns is { Open: [] })
            await state.TryRemoveStateAsync(StateKeys.Turns, cancellationToken);
        else if (change.Turns is { } turns)
            await state.SetStateAsync(StateKeys.Turns, turns, cancellationToken);
        if (change.Schedules is not null)
            _ofTheTurn.Add(StateKeys.Schedules);
        if (change.Schedules is { All: [] })
            await state.TryRemoveStateAsync(StateKeys.Schedules, cancellationToken);
        else if (change.Schedules is { } schedules)
            await state.SetStateAsync(StateKeys.Schedules, schedules, cancellationToken);
        if (change.Payment is { } payment)
            await SetAsync(payment, cancellationToken);
        if (change.Purchase is { } purchase)
            await SetAsync(purchase, cancellationToken);
        if (change.Ledger is { } ledger)
        {
            // The head in memory is trusted for a time, and for money that is too long: another activation may have granted what this one grants.
            await CheckHeadIsOursAsync(before, cancellationToken);
            _ofTheTurn.Add(StateKeys.Ledger);
            await state.SetStateAsync(StateKeys.Ledger, ledger, cancellationToken);
        }

        await SetSpendingAsync(change, cancellationToken);
        if (change.Mail is { } mail)
            await SetAsync(mail, cancellationToken);
        if (change.Published is { } published)
            await SetAsync(published, cancellationToken);
        if (_offered is { } wallet && wallet.Address == change.Head.Wallet)
            await state.SetStateAsync(StateKeys.Wallet, wallet, cancellationToken);
        await state.SetStateAsync(StateKeys.Head, change.Head, cancellationToken);
    }

    // Saved in the turn and not after the method by the SDK, which would keep all of it in memory afterwards.
    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        await state.SaveWholeAsync(cancellationToken);
        _headIsUnborn = false;
        _headConfirmed = time.GetTimestamp();
    }

    /// <summary>
    /// A page this agent has not opened yet is there already. Either half of a transaction was left behind, which is
    /// overwritten, or another activation is ahead of this one.
    /// </summary>
    private async Task CheckHeadIsOursAsync(AgentHead known, CancellationToken cancellationToken)
    {
        await state.UnloadStateAsync(StateKeys.Head, Discard, cancellationToken);
        var head = await state.GetOrAddStateAsync(StateKeys.Head, known, cancellationToken);
        if (!IsSame(known, head))
            throw new ForeignActivationException();
    }
}
