using System.Diagnostics;
using System.Threading.Channels;
using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Mail;

/// <summary>
/// Brings messages from agent to agent, outside of the actors' turns. What it knows is in memory only: a run that is lost with its process, or not taken
/// because the process is full, is found by its agent when its lease is over. An agent that sends to many has a few runs at a time, and those wait when it has
/// had more than its share of the last moments, so that its mail slows nobody else's.
/// </summary>
internal sealed partial class MailRunner(MailActors actors, MailOptions options, TimeProvider time, ILogger<MailRunner> logger) : BackgroundService
{
    /// <summary>Runs that wait at most.</summary>
    private const int MaxWaiting = 100_000;

    /// <summary>Messages that one run brings before another one of its agent has its place.</summary>
    private const int MessagesOfARun = 16;

    /// <summary>Messages of an agent that are brought without a pause when it has sent none for a while.</summary>
    private const int Burst = 20;

    private readonly TimeSpan _timeOfOne = TimeSpan.FromSeconds(1.0 / options.DeliveriesPerSecond);
    private readonly long _start = time.GetTimestamp();
    private readonly Channel<string> _ready = Channel.CreateUnbounded<string>();
    private readonly Dictionary<string, SenderRuns> _senders = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _waiting;

    /// <summary>A run that is due: its agent has committed to it.</summary>
    public void Start(MailRun run)
    {
        lock (_lock)
        {
            if (_waiting >= MaxWaiting)
            {
                LogFull(run.Agent);
                return;
            }

            _waiting++;
            if (!_senders.TryGetValue(run.Agent, out var sender))
                _senders.Add(run.Agent, sender = new SenderRuns());
            sender.Waiting.Enqueue(run);
            GoOn(run.Agent, sender);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _ready.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = stoppingToken },
        async (agent, token) =>
        {
            MailRun run;
            TimeSpan begun;
            lock (_lock)
            {
                var sender = _senders[agent];
                begun = Now;
                run = sender.Waiting.Dequeue();
                (sender.Placed, sender.Running, _waiting) = (sender.Placed - 1, sender.Running + 1, _waiting - 1);
            }

            var (brought, rest) = await RunAsync(run, token);
            lock (_lock)
            {
                var sender = _senders[agent];
                sender.Running--;
                // From when it began: the time that slow receivers took is time that has been paid.
                sender.PaidAt = Max(sender.PaidAt, begun) + brought * _timeOfOne;
                if (rest is not null)
                {
                    _waiting++;
                    sender.Waiting.Enqueue(rest);
                }

                GoOn(agent, sender);
            }
        });

    /// <summary>An agent's next runs have their place, as long as it has not as many as it may, and not brought more than its share; else they wait for that time.</summary>
    private void GoOn(string agent, SenderRuns sender)
    {
        var debt = Max(sender.PaidAt - Now, TimeSpan.Zero);
        var overdue = debt - Burst * _timeOfOne;
        while (overdue <= TimeSpan.Zero && sender.Placed + sender.Running < options.RunsOfAnAgent && sender.Placed < sender.Waiting.Count)
        {
            sender.Placed++;
            _ready.Writer.TryWrite(agent);
        }

        // A place is empty for what is owed alone. Whoever has the other one may be long in coming here: its receiver does not answer.
        var isHeldBack = sender.Placed + sender.Running < options.RunsOfAnAgent && sender.Placed < sender.Waiting.Count;
        // Else one that is placed or runs comes here at its end.
        if (!isHeldBack && sender.Placed + sender.Running > 0)
            return;
        if (!isHeldBack && debt == TimeSpan.Zero)
        {
            _senders.Remove(agent);
            sender.Dispose();
            return;
        }

        sender.Timer ??= time.CreateTimer(_ => WhenPaid(agent), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var pause = isHeldBack ? overdue : debt;
        // Timers count whole milliseconds, and one that is early would only be set again.
        sender.Timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private void WhenPaid(string agent)
    {
        lock (_lock)
        {
            if (_senders.TryGetValue(agent, out var sender))
                GoOn(agent, sender);
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_start);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <returns>How many it has brought, and what is left of it; null: nothing.</returns>
    private async Task<(int Brought, MailRun? Left)> RunAsync(MailRun run, CancellationToken cancellationToken)
    {
        var brought = 0;
        try
        {
            for (var next = run.First ?? (await actors.BeginAsync(run, cancellationToken)).Value?.Next; next is { } mail; brought++)
            {
                if (brought == MessagesOfARun)
                    return (brought, run with { First = mail });
                next = await BringAsync(run, mail, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops: another run goes on from what is stored.
        }
        catch (Exception fault) when (AgentRetries.IsFault(fault) || fault is OperationCanceledException)
        {
            LogUnreached(fault, run.Agent);
        }
#pragma warning disable CA1031 // The edge of a run: a fault of one must end neither the others nor the process.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogBug(fault, run.Agent);
        }

        return (brought, null);
    }

    /// <summary>Brings one message, and hears which is the next.</summary>
    private async Task<DeliverMail?> BringAsync(MailRun run, DeliverMail mail, CancellationToken cancellationToken)
    {
        using var span = run.StartSpan();
        ReportMail report;
        try
        {
            var taken = await actors.DeliverAsync(run.To, mail, cancellationToken);
            report = taken.Refusal switch
            {
                null => new ReportMail(run.To, mail.N, IsReached: true, taken.Value),
                { Code: AgentRefusals.EncryptionKeyMissing } => new ReportMail(
                    run.To, mail.N, Code: MailCodes.RecipientUnreached, Detail: "The recipient's records could not be opened; it is tried again."),
                { } refusal => new ReportMail(run.To, mail.N, Code: refusal.Code, Detail: refusal.Detail),
            };
        }
        catch (Exception fault) when (AgentRetries.IsFault(fault) || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogNotDelivered(fault, run.To);
            report = new ReportMail(run.To, mail.N, Code: MailCodes.RecipientUnreached, Detail: "The recipient's agent could not be reached; it is tried again.");
        }

        if (report.Code is { } code)
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", code);
        var work = await actors.ReportAsync(run, report, cancellationToken);
        return work.Value?.Next;
    }

    [LoggerMessage(100, LogLevel.Warning, "No room to bring messages of agent {AgentId}; they are brought when their lease is over")]
    private partial void LogFull(string agentId);

    [LoggerMessage(101, LogLevel.Warning, "Agent {AgentId} was not reached for its outbox; its messages are brought when their lease is over")]
    private partial void LogUnreached(Exception exception, string agentId);

    [LoggerMessage(102, LogLevel.Error, "Bringing messages of agent {AgentId} ended in a fault; they are brought when their lease is over")]
    private partial void LogBug(Exception exception, string agentId);

    [LoggerMessage(103, LogLevel.Warning, "Agent {AgentId} was not reached for a message to it; it is tried again")]
    private partial void LogNotDelivered(Exception exception, string agentId);

    private sealed class SenderRuns : IDisposable
    {
        public Queue<MailRun> Waiting { get; } = new();

        /// <summary>Those of them that have a place among those of all agents.</summary>
        public int Placed { get; set; }

        public int Running { get; set; }

        /// <summary>When all it has brought will have had its time, since the process started.</summary>
        public TimeSpan PaidAt { get; set; }

        /// <summary>Goes off when the next run has its place, or there is nothing to remember.</summary>
        public ITimer? Timer { get; set; }

        public void Dispose() => Timer?.Dispose();
    }
}

/// <summary>A run of a line.</summary>
/// <param name="Agent">The sender's actor id.</param>
/// <param name="To">The receiver's.</param>
/// <param name="First">The message to begin with; null: the agent is asked.</param>
internal sealed record MailRun(string Agent, string To, DeliverMail? First)
{
    private static readonly ActivitySource Source = new("AgentMesh.Mail");

    /// <summary>What has started it: the message that was sent, or a reminder. In memory only, as the run is.</summary>
    public ActivityContext Cause { get; } = Activity.Current?.Context ?? default;

    /// <summary>The span of one message of it; null: nobody gathers them.</summary>
    public Activity? StartSpan()
    {
        var span = Source.StartActivity("mail deliver", ActivityKind.Internal, Cause);
        span?.SetTag("agentmesh.agent", Agent).SetTag("agentmesh.receiver", To);
        return span;
    }
}
