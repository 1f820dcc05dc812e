using System.Threading.Channels;

namespace AgentMesh.Payments.Settlement;

/// <summary>
/// Does the work on payments, outside of the actors' turns. What it knows is in memory only: a run that is lost with its process, or not taken because
/// the process is full, is found by the payment's work reminder when its lease is over.
/// </summary>
internal sealed partial class PaymentRunner(
    IServiceProvider services, PaymentOptions options, TimeProvider time, ILogger<PaymentRunner> logger) : BackgroundService
{
    private readonly Channel<PaymentRun> _queue = Channel.CreateBounded<PaymentRun>(16 * 1024);
    private int _underWay;

    /// <summary>Runs that wait or are under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>A run that is due: its payment has committed to it.</summary>
    public void Start(string paymentId, int attempt)
    {
        Interlocked.Increment(ref _underWay);
        if (_queue.Writer.TryWrite(new PaymentRun(paymentId, attempt)))
            return;
        Interlocked.Decrement(ref _underWay);
        LogFull(paymentId);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Bounded by the options; the rest of the queue waits. A lease that ends meanwhile makes another run, and this one is refused.
        await Parallel.ForEachAsync(
            _queue.Reader.ReadAllAsync(stoppingToken),
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = stoppingToken },
            RunAsync);
    }

    private async ValueTask RunAsync(PaymentRun run, CancellationToken stoppingToken)
    {
        using var span = run.StartSpan();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var lease = Task.CompletedTask;
        try
        {
            // Resolved here: what a run needs calls actors, which need this runner.
            var settlement = ActivatorUtilities.CreateInstance<SettlementRun>(services, run);
            lease = KeepLeaseAsync(settlement, run, stop);
            await settlement.WorkAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Taken over, or the process stops: the payment's record and its claim say what happens next.
        }
        catch (Exception exception) when (PaymentActors.IsFault(exception))
        {
            LogUnreached(exception, run.PaymentId, run.Attempt);
        }
#pragma warning disable CA1031 // The edge of a run: a fault of one must end neither the others nor the process. The payment becomes unknown when its attempts are used up.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogBug(exception, run.PaymentId, run.Attempt);
        }
        finally
        {
            await stop.CancelAsync();
            await lease;
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>Says that the run lives, three times in a lease, until it is over. A refusal ends the run; an order that is under way is not given up.</summary>
    private async Task KeepLeaseAsync(SettlementRun settlement, PaymentRun run, CancellationTokenSource stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(options.LeaseSeconds) / 3, time, stop.Token);
                if (await settlement.RenewAsync(stop.Token))
                    continue;
                await stop.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (Exception exception) when (PaymentActors.IsFault(exception))
        {
            // The lease ends; the run goes on, as far as its claim lets it.
            LogUnreached(exception, run.PaymentId, run.Attempt);
        }
    }

    [LoggerMessage(20, LogLevel.Warning, "No room to work on payment {PaymentId}; its reminder tries again")]
    private partial void LogFull(string paymentId);

    [LoggerMessage(21, LogLevel.Warning, "Run {Attempt} of payment {PaymentId} has not reached what it needs; its reminder runs it again")]
    private partial void LogUnreached(Exception exception, string paymentId, int attempt);

    [LoggerMessage(22, LogLevel.Error, "Run {Attempt} of payment {PaymentId} ended in a fault")]
    private partial void LogBug(Exception exception, string paymentId, int attempt);
}
