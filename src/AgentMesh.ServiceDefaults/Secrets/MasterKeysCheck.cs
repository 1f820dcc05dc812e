using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Secrets;

/// <summary>
/// Reads master keys when the app has started, and again every minute, so that a new one is used without a restart. Without any at the start the
/// app ends; a store that is not reached is asked again.
/// </summary>
/// <param name="keys">The keys.</param>
/// <param name="what">What is encrypted with them.</param>
/// <param name="without">The setting that runs the app without them.</param>
/// <param name="isOn">False: there is nothing to read.</param>
/// <param name="lifetime">The app.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Of the check.</param>
public abstract partial class MasterKeysCheck(
    MasterKeyRing keys, string what, string without, bool isOn, IHostApplicationLifetime lifetime, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>Between two readings: a process encrypts with an older key for no longer than that.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!isOn || await ReadFirstAsync(stoppingToken) is not { } current)
            return;
        LogKey(logger, what, current);
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
            catch (MasterKeysException missing) when (missing.IsFinal)
            {
                LogMissing(logger, missing.Message, without, what);
                // 78: EX_CONFIG of sysexits.h.
                Environment.ExitCode = 78;
                lifetime.StopApplication();
                return null;
            }
            catch (MasterKeysException unreached)
            {
                LogUnreached(logger, unreached.Message);
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
                LogKey(logger, what, current);
            return current;
        }
        catch (MasterKeysException fault)
        {
            // What is in memory still opens everything; taken out by mistake, the keys can be put back without a loss.
            LogNotRefreshed(logger, fault.Message);
            return before;
        }
    }

    [LoggerMessage(40, LogLevel.Information, "{What} are encrypted with the master key {KeyId}")]
    private static partial void LogKey(ILogger logger, string what, string keyId);

    [LoggerMessage(41, LogLevel.Critical, "The app ends: {Reason} {Setting} runs it without {What}")]
    private static partial void LogMissing(ILogger logger, string reason, string setting, string what);

    [LoggerMessage(42, LogLevel.Warning, "{Reason} It is asked again")]
    private static partial void LogUnreached(ILogger logger, string reason);

    [LoggerMessage(43, LogLevel.Error, "{Reason} The master keys in memory stay in use until this process ends")]
    private static partial void LogNotRefreshed(ILogger logger, string reason);
}
