using System.Text.Json;
using System.Threading.Channels;
using AgentMesh.Payments.Records;

namespace AgentMesh.Payments.Sweeping;

/// <summary>
/// Tells the index which payments have something to do, after it was committed and never in its way. What is over within the delay is not told at all.
/// A note that is lost, because the process dies or the index cannot be written, costs nothing while the payment's reminder is there: it takes both
/// losses for a payment to wait until somebody asks for it.
/// </summary>
internal sealed partial class OpenPaymentNotes(SharedRecords records, SweepOptions options, TimeProvider time, ILogger<OpenPaymentNotes> logger) : BackgroundService
{
    /// <summary>Notes that wait at most; a process that cannot write them must not fill up with them.</summary>
    private const int MaxPending = 16 * 1024;

    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    /// <summary>A stopping process waits no longer than this for its last notes.</summary>
    private static readonly TimeSpan LastNotes = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _pending = new(StringComparer.Ordinal);

    /// <summary>A payment has something to do.</summary>
    public void Note(string paymentId)
    {
        if (!options.IsOn)
            return;
        lock (_lock)
        {
            if (_pending.Count >= MaxPending)
                LogFull(paymentId);
            else
                _pending.TryAdd(paymentId, time.GetUtcNow());
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>The payment has nothing to do any more. If the index knows of it, the sweep will see.</summary>
    public void Withdraw(string paymentId)
    {
        lock (_lock)
            _pending.Remove(paymentId);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _signal.Reader.ReadAsync(stoppingToken);
                do
                    await Task.Delay(options.NoteDelay > LeastPause ? options.NoteDelay : LeastPause, time, stoppingToken);
                while (await WriteAsync(options.NoteDelay, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The whole mesh may stop, and its reminders be lost.
            using var limit = new CancellationTokenSource(LastNotes, time);
            await WriteAsync(TimeSpan.Zero, limit.Token);
        }
    }

    /// <summary>Writes the notes that are that old.</summary>
    /// <returns>True while others wait.</returns>
    private async Task<bool> WriteAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        foreach (var shard in DueAt(time.GetUtcNow() - age).GroupBy(id => id[0]).Where(shard => OpenPayments.Shards.Contains(shard.Key, StringComparison.Ordinal)))
            await WriteAsync(shard.Key, [.. shard], cancellationToken);
        lock (_lock)
            return _pending.Count > 0;
    }

    private string[] DueAt(DateTimeOffset notedBefore)
    {
        lock (_lock)
            return [.. _pending.Where(note => note.Value <= notedBefore).Select(note => note.Key)];
    }

    private async Task WriteAsync(char shard, string[] ids, CancellationToken cancellationToken)
    {
        try
        {
            var at = time.GetUtcNow() + options.Interval;
            var left = await records.ChangeAsync<OpenPayments, int>(
                PaymentStateKeys.OpenPayments(shard),
                part =>
                {
                    var after = (part ?? OpenPayments.Empty).Note(ids, at);
                    return (after, ids.Count(id => after.All.All(one => one.Id != id)));
                },
                cancellationToken);
            if (left > 0)
                LogNoRoom(left, shard);
            lock (_lock)
                Array.ForEach(ids, id => _pending.Remove(id));
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException)
        {
            LogNotWritten(ids.Length, fault.GetType().Name);
        }
    }

    [LoggerMessage(60, LogLevel.Warning, "Payment {PaymentId} is not noted for the sweep: too many notes wait; its reminder is all that looks after it")]
    private partial void LogFull(string paymentId);

    [LoggerMessage(61, LogLevel.Warning, "{Count} open payments are not noted for the sweep: part {Shard} of the index is full; their reminders are all that looks after them")]
    private partial void LogNoRoom(int count, char shard);

    [LoggerMessage(62, LogLevel.Warning, "{Count} open payments could not be noted for the sweep ({ExceptionType}); it is tried again")]
    private partial void LogNotWritten(int count, string exceptionType);
}
