using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Agents;

/// <summary>
/// The agent's wallet: made with its first write and stored with it. What others have to be asked for it is asked after the commit, and again with each
/// flush until they have answered; the flush also encrypts its key with the newest master key.
/// </summary>
internal sealed partial class AgentActor
{
    /// <summary>What this turn has found that others are to be asked for; null: nothing.</summary>
    private WalletRecord? _errand;

    /// <summary>Others are still to be asked: the flush goes on.</summary>
    private bool _hasErrand;

    /// <summary>Whether the wallet is known to need nothing, and the master key that it is encrypted with then.</summary>
    private (bool Is, string? KeyId) _settled;

    public Task<Reply<SealedWallet>> SealWallet(SealWallet request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await LoadStoredWalletAsync(cancellationToken) is not var (_, wallet) || wallet.Address is null)
            return Refused<SealedWallet>(WalletRefusals.WalletNotFound);
        var anew = await _services.Wallets.SealAsync(Id.GetId(), wallet, request.KeyId, cancellationToken);
        if (anew.IsRefused)
            return Refused<SealedWallet>(anew.Refusal);
        // Who asks has found it in the tenant's list, and writes there what it is answered.
        if (anew.Value != wallet)
            await _records.StoreAsync(anew.Value with { ListedKeyId = anew.Value.KeyId }, cancellationToken);
        return new Reply<SealedWallet>(new SealedWallet(wallet.Address, anew.Value.KeyId), null);
    });

    public Task<Reply<SealedWallet>> NoteWallet(NoteWallet request, CancellationToken cancellationToken) => TurnAsync(async () =>
    {
        if (await LoadStoredWalletAsync(cancellationToken) is not var (head, wallet)
            || wallet.RequestKey != request.RequestKey || (wallet.Address ?? request.Address) != request.Address)
        {
            return Refused<SealedWallet>(WalletRefusals.WalletNotFound);
        }

        var noted = wallet.Note(request.Address, request.Gift, request.ListedKeyId);
        if (noted != wallet)
            await StoreAsync(head, noted, cancellationToken);
        (_hasErrand, _settled) = (noted.HasErrand, (!noted.HasErrand, noted.KeyId));
        // An activation that knows nothing of its events may have some of a killed process.
        if (_services.Events.IsEnabled)
            await OpenFeedAsync(head, cancellationToken);
        if (!_hasErrand && _unwritten is null && _summariesDue.Count == 0 && !HasUnstoredEvents && !OwesLine)
            await UnregisterReminderAsync(FlushReminder, () => _hasFlushReminder = false);
        return new Reply<SealedWallet>(new SealedWallet(request.Address, noted.KeyId), null);
    });

    /// <summary>The head of an agent that is about to write. Its wallet is made with its first write, and stored with it.</summary>
    private async Task<AgentHead> LoadHeadToWriteAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var head = await AdmitAsync((await _records.LoadHeadAsync(AgentHead.Unborn(now), cancellationToken))!);
        if (head is { Wallet: not null } or { IsErasing: true } || !_services.Wallets.AreMade)
            return head;
        var wallet = await _records.LoadWalletAsync(cancellationToken);
        if (wallet is null)
            _records.Offer(wallet = await _services.Wallets.CreateAsync(Id.GetId(), now, cancellationToken));
        if (wallet.HasErrand)
        {
            // Before the commit: an errand that nobody would run must not exist.
            _errand = wallet;
            await FlushSoonAsync();
        }

        return head with { Wallet = wallet.Address };
    }

    /// <summary>After a turn: what was stored is run, and nothing else. A turn that was refused or has failed has stored nothing, and keeps no reminder for it.</summary>
    private async Task RunErrandAsync()
    {
        var wallet = _errand;
        _errand = null;
        if (wallet is not null && _records.HasStored(wallet))
        {
            _hasErrand = true;
            _services.Errands.Start(Id.GetId(), wallet);
        }
        else if (_hasFlushReminder && _records.Known is null)
        {
            // Nothing of the agent is there that could want it.
            await UnregisterReminderAsync(FlushReminder, () => _hasFlushReminder = false);
        }
    }

    /// <summary>A part of the flush.</summary>
    private Task<Refusal?> KeepWalletAsync() => WorkAsync(async () =>
    {
        if (await LoadStoredWalletAsync(CancellationToken.None) is not var (head, wallet))
        {
            _hasErrand = false;
            return null;
        }

        var anew = await _services.Wallets.SealAsync(Id.GetId(), wallet, null, CancellationToken.None);
        if (anew.IsRefused)
            LogNotSealed(Logger, Id.GetId(), anew.Refusal.Detail);
        var kept = anew.Value ?? wallet;
        if (kept != wallet)
            await StoreAsync(head, kept, CancellationToken.None);
        _hasErrand = kept.HasErrand;
        _errand = kept.HasErrand ? kept : null;
        _settled = (!kept.HasErrand, kept.KeyId);
        return null;
    });

    /// <summary>The wallet may have something left to do, as far as that can be said without reading it.</summary>
    private bool MayWalletHaveWork =>
        _services.Wallets.AreMade && (_hasErrand || !_settled.Is || _services.Wallets.AreSealed && _settled.KeyId != _services.Wallets.CurrentKeyId);

    private async Task<(AgentHead Head, WalletRecord Wallet)?> LoadStoredWalletAsync(CancellationToken cancellationToken) =>
        await _records.LoadHeadAsync(null, cancellationToken) is { IsErasing: false } head && await _records.LoadWalletAsync(cancellationToken) is { } wallet
            ? (head, wallet)
            : null;

    /// <summary>The head has to know the address, so it is written when it does not; and with it what else it does not know.</summary>
    private async Task StoreAsync(AgentHead head, WalletRecord wallet, CancellationToken cancellationToken)
    {
        var after = WithLine(head) with { Wallet = wallet.Address, Epoch = _records.Epoch };
        if (head.Wallet == after.Wallet && head.ListedBytes == after.ListedBytes)
        {
            await _records.StoreAsync(wallet, cancellationToken);
            return;
        }

        _records.Offer(wallet);
        await _records.StoreAsync(head, head.Page, new AgentChange(after), cancellationToken);
    }

    [LoggerMessage(7, LogLevel.Error, "The wallet of agent {AgentId} is not encrypted with the newest master key: {Reason}")]
    private static partial void LogNotSealed(ILogger logger, string agentId, string reason);
}
