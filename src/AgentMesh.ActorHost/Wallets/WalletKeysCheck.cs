namespace AgentMesh.ActorHost.Wallets;

/// <summary>
/// Reads the master keys when the app has started, and again every minute, so that a new one is used without a restart. Without any at the start the
/// app ends; a store that is not reached is asked again.
/// </summary>
internal sealed partial class WalletKeysCheck(
    AgentWallets wallets, MasterKeyRing keys, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WalletKeysCheck> logger) : BackgroundService
{
    /// <summary>Between two readings: a process makes no wallets with an older key for longer than that.</summary>
    internal static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!wallets.AreSealed || await ReadFirstAsync(stoppingToken) is not { } current)
            return;
        LogKey(current);
        while (true)
        {
            await Task.Delay(RefreshInterval, time, stoppingToken);
            current = await RefreshAsync(current, stoppingToken);
        }
    }

    /// <returns>The newest key's id; null: the app ends.</returns>
    private async Task<string?> ReadFirstAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                return (await keys.GetAsync(stoppingToken)).CurrentId;
            }
            catch (WalletKeysException missing) when (missing.IsFinal)
            {
                LogMissing(missing.Message);
                // 78: EX_CONFIG of sysexits.h.
                Environment.ExitCode = 78;
                lifetime.StopApplication();
                return null;
            }
            catch (WalletKeysException unreached)
            {
                LogUnreached(unreached.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task<string> RefreshAsync(string before, CancellationToken stoppingToken)
    {
        try
        {
            var current = (await keys.RefreshAsync(stoppingToken)).CurrentId;
            if (current != before)
                LogKey(current);
            return current;
        }
        catch (WalletKeysException fault)
        {
            // What is in memory still opens every wallet; taken out by mistake, the keys can be put back without a loss.
            LogNotRefreshed(fault.Message);
            return before;
        }
    }

    [LoggerMessage(40, LogLevel.Information, "Wallets are encrypted with the master key {KeyId}")]
    private partial void LogKey(string keyId);

    [LoggerMessage(41, LogLevel.Critical, "The app ends: {Reason} AgentMesh__Wallets__Provider=none runs it without wallets")]
    private partial void LogMissing(string reason);

    [LoggerMessage(42, LogLevel.Warning, "{Reason} It is asked again")]
    private partial void LogUnreached(string reason);

    [LoggerMessage(43, LogLevel.Error, "{Reason} The master keys in memory stay in use until this process ends")]
    private partial void LogNotRefreshed(string reason);
}
