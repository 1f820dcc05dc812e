using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Payments.Records;
using AgentMesh.Payments.Settlement;
using AgentMesh.X402.Exact.Evm;

namespace AgentMesh.Payments.Sweeping;

/// <summary>
/// Goes through the index of open payments and wakes those that nothing else has woken: their reminders are lost. In every payments process; an entry
/// is handed to one of them at a time.
/// </summary>
internal sealed partial class PaymentSweeper(SharedRecords records, PaymentActors actors, SweepOptions options, TimeProvider time, ILogger<PaymentSweeper> logger)
    : BackgroundService
{
    /// <summary>How long a payment is left to the process that has taken it.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>A payment that does not answer is put off by so many sweeps, so that those behind it get their turn.</summary>
    private const int SweepsAfterFault = 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.IsOn)
        {
            // Processes that were started together do not sweep together.
            var percent = 90 + RandomNumberGenerator.GetInt32(21);
            await Task.Delay(options.Interval * percent / 100, time, stoppingToken);
            await SweepAsync(stoppingToken);
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        foreach (var shard in OpenPayments.Shards)
            swept += await TrySweepAsync(shard, options.MaxPayments - swept, cancellationToken);

        if (swept > 0)
            LogSwept(swept);
    }

    /// <summary>A part that cannot be read, or not now, does not keep the others waiting.</summary>
    private async Task<int> TrySweepAsync(char shard, int most, CancellationToken cancellationToken)
    {
        try
        {
            return most > 0 ? await SweepAsync(shard, most, cancellationToken) : 0;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException)
        {
            LogNotSwept(fault, shard);
            return 0;
        }
    }

    /// <returns>How many payments were looked after.</returns>
    private async Task<int> SweepAsync(char shard, int most, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var taken = await records.ChangeAsync<OpenPayments, ImmutableArray<OpenPayment>>(
            PaymentStateKeys.OpenPayments(shard),
            part =>
            {
                var (after, due) = (part ?? OpenPayments.Empty).Take(now - options.Grace, most, now + Lease);
                return (due.IsEmpty ? null : after, due);
            },
            cancellationToken);
        if (taken.IsEmpty)
            return 0;
        var settled = new ConcurrentBag<(OpenPayment Payment, DateTimeOffset? Next)>();
        await Parallel.ForEachAsync(
            taken,
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken },
            async (payment, token) => settled.Add((payment, await LookAfterAsync(payment.Id, token))));
        await records.ChangeAsync<OpenPayments, bool>(
            PaymentStateKeys.OpenPayments(shard), part => (settled.Aggregate(part, (rest, one) => rest?.Settle(one.Payment, one.Next)), true), cancellationToken);
        return taken.Length;
    }

    /// <returns>When to look after the payment again; null: not again.</returns>
    private async Task<DateTimeOffset?> LookAfterAsync(string paymentId, CancellationToken cancellationToken)
    {
        // What is no id of ours cannot be a payment's.
        if (!PaymentId.TryParse(paymentId, out _))
            return null;
        try
        {
            var outlook = await actors.LookAfterAsync(paymentId, cancellationToken);
            if (outlook.IsRefused)
                LogRefused(paymentId, outlook.Refusal.Code);
            // What is due sooner is the reminder's business, which is there again.
            var soon = time.GetUtcNow() + options.Interval;
            return outlook.Value?.Next is { } next ? (next > soon ? next : soon) : null;
        }
        catch (Exception fault) when (PaymentActors.IsFault(fault) || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogUnreached(fault, paymentId);
            return time.GetUtcNow() + SweepsAfterFault * options.Interval;
        }
    }

    [LoggerMessage(63, LogLevel.Information, "Swept: {Count} open payments were looked after")]
    private partial void LogSwept(int count);

    [LoggerMessage(64, LogLevel.Error, "Part {Shard} of the index of open payments could not be swept; the next sweep tries again")]
    private partial void LogNotSwept(Exception exception, char shard);

    [LoggerMessage(65, LogLevel.Warning, "Payment {PaymentId} is not swept any more: {Code}")]
    private partial void LogRefused(string paymentId, string code);

    [LoggerMessage(66, LogLevel.Warning, "Payment {PaymentId} is open and was not reached; a later sweep tries again")]
    private partial void LogUnreached(Exception exception, string paymentId);
}
