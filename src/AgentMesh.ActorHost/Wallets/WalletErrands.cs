using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AgentMesh.ActorHost.Sweeping;
using AgentMesh.ActorHost.Wallets.Crossmint;
using AgentMesh.Agents.Wallets;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Wallets;

/// <summary>
/// Asks others for what a wallet needs, after it was stored and never in a message's way: an address at
/// its provider, starting money, and a line in the tenant's list. What is to
/// be asked stands in the wallet's record; what is lost here, with the process or for a fault, is asked for again by the agent's flush.
/// </summary>
internal sealed partial class WalletErrands(
    WalletActors actors, StartingMoney money, CrossmintClient crossmint, ILogger<WalletErrands> logger) : BackgroundService
{
    /// <summary>Errands that wait at most.</summary>
    private const int MaxWaiting = 10_000;

    /// <summary>Batches at a time, and errands of one at a time.</summary>
    private const int Concurrency = 4;

    private readonly Channel<Errand> _queue = Channel.CreateBounded<Errand>(MaxWaiting);
    private readonly ConcurrentDictionary<string, bool> _known = new();

    /// <summary>A wallet that is stored needs something. Once is enough, however often it is said.</summary>
    public void Start(string agent, WalletRecord wallet)
    {
        if (!_known.TryAdd(agent, true) || _queue.Writer.TryWrite(new Errand(agent, wallet)))
            return;
        _known.TryRemove(agent, out _);
        LogFull(agent);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        ReadBatchesAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = stoppingToken },
        async (batch, token) => await RunAsync(batch, token));

    private async IAsyncEnumerable<Errand[]> ReadBatchesAsync([EnumeratorCancellation] CancellationToken stoppingToken)
    {
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            var waiting = new List<Errand>();
            while (waiting.Count < MaxWaiting && _queue.Reader.TryRead(out var errand))
                waiting.Add(errand);
            foreach (var batch in Batches(waiting))
                yield return batch;
        }
    }

    /// <summary>By the shard of the list that they go to: a call rewrites whole shards, and one of errands as they come would rewrite one for nearly each.</summary>
    internal static IEnumerable<Errand[]> Batches(IEnumerable<Errand> waiting) =>
        waiting.OrderBy(errand => errand.Tenant, StringComparer.Ordinal).ThenBy(errand => WalletTable.ShardOf(errand.User)).Chunk(WalletListLimits.Batch);

    private async Task RunAsync(Errand[] batch, CancellationToken cancellationToken)
    {
        try
        {
            await DoAsync(batch, cancellationToken);
        }
        finally
        {
            foreach (var errand in batch)
                _known.TryRemove(errand.Agent, out _);
        }
    }

    private async Task DoAsync(Errand[] batch, CancellationToken cancellationToken)
    {
        var done = new ConcurrentBag<(Errand Errand, NoteWallet Note)>();
        await EachAsync(batch, async (errand, token) => done.Add((errand, await AskAsync(errand, token))), cancellationToken);
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tenant in done.Select(one => one.Errand).Where(errand => errand.Tenant.Length > 0 && errand.Wallet.ListedKeyId != errand.Wallet.KeyId).GroupBy(errand => errand.Tenant))
            await EachAsync<Errand[]>([[.. tenant]], (errands, token) => ListAsync(tenant.Key, errands, listed, token), cancellationToken);
        await EachAsync(
            done.ToArray(),
            (one, token) => TellAsync(one.Errand, one.Note with { ListedKeyId = listed.Contains(one.Errand.Agent) ? one.Errand.Wallet.KeyId : null }, token),
            cancellationToken);
    }

    private async Task<NoteWallet> AskAsync(Errand errand, CancellationToken cancellationToken)
    {
        var wallet = errand.Wallet;
        var address = wallet.Address ?? await crossmint.CreateWalletAsync(wallet.RequestKey!, cancellationToken);
        return new NoteWallet(wallet.RequestKey, address, wallet.Gift == WalletGifts.Pending ? await money.GiveAsync(address, cancellationToken) : null, null);
    }

    private async Task ListAsync(string tenant, Errand[] errands, HashSet<string> listed, CancellationToken cancellationToken)
    {
        var noted = await actors.NoteAsync(tenant, [.. errands.Select(errand => new NotedWallet(errand.User, errand.Wallet.KeyId))], cancellationToken);
        if (noted.IsRefused || noted.Value.NoRoom > 0)
            LogNotListed(tenant, noted.Value?.NoRoom ?? errands.Length);
        // Which of them had no room is not said: those are asked about again, which changes nothing for the others.
        if (noted.Value is { NoRoom: 0 })
            listed.UnionWith(errands.Select(errand => errand.Agent));
    }

    private async Task TellAsync(Errand errand, NoteWallet note, CancellationToken cancellationToken)
    {
        if (note is { Gift: null, ListedKeyId: null, Address: var address } && address == errand.Wallet.Address)
            return;
        var told = await actors.NoteAsync(errand.Agent, note, cancellationToken);
        // It was erased meanwhile, and its name must not stay behind.
        if (told.IsRefused && note.ListedKeyId is not null)
            await actors.NoteAsync(errand.Tenant, [new NotedWallet(errand.User, null)], cancellationToken);
    }

    /// <summary>Does something with each; one that fails is left to the agent's flush.</summary>
    private Task EachAsync<T>(IReadOnlyList<T> all, Func<T, CancellationToken, Task> act, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        all,
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
        async (one, token) =>
        {
            try
            {
                await act(one, token);
            }
            catch (CrossmintFailedException fault)
            {
                LogNoWallet(fault.Message);
            }
            catch (Exception fault) when (SweepActors.IsFault(fault, cancellationToken))
            {
                LogNotDone(fault);
            }
#pragma warning disable CA1031 // The edge of one errand: a fault of it must end neither the others nor the process.
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogBug(fault);
            }
        });

    [LoggerMessage(60, LogLevel.Warning, "No room for the wallet of agent {AgentId}; its flush asks again")]
    private partial void LogFull(string agentId);

    [LoggerMessage(61, LogLevel.Error, "{Count} wallets of tenant {TenantId} are not in its list")]
    private partial void LogNotListed(string tenantId, int count);

    [LoggerMessage(62, LogLevel.Warning, "An errand for a wallet is not done; the agent's next flush does it")]
    private partial void LogNotDone(Exception exception);

    [LoggerMessage(63, LogLevel.Error, "A wallet is not made yet: {Reason} The agent's next flush asks again")]
    private partial void LogNoWallet(string reason);

    [LoggerMessage(64, LogLevel.Error, "An errand for a wallet ended in a fault; the agent's next flush begins it anew")]
    private partial void LogBug(Exception exception);

    /// <summary>What is to be done for a wallet.</summary>
    internal sealed record Errand(string Agent, WalletRecord Wallet)
    {
        /// <summary>An actor id that is none of ours has no tenant.</summary>
        public string Tenant { get; } = AgentKey.TryParse(Agent, out var key) ? key.Tenant.ToString() : "";

        public string User { get; } = AgentKey.TryParse(Agent, out var key) ? key.User.ToString() : "";
    }
}
