using System.Threading.Channels;
using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Mail;

/// <summary>
/// Brings messages from agent to agent, outside of the actors' turns. What it knows is in memory only: a run that is lost with its process, or not taken
/// because the process is full, is found by its agent when its lease is over. An agent that sends to many has a few runs at a time, so that its mail takes
/// no room from that of others.
/// </summary>
internal sealed partial class MailRunner(MailActors actors, MailOptions options, ILogger<MailRunner> logger) : BackgroundService
{
    /// <summary>Runs that wait at most.</summary>
    private const int MaxWaiting = 100_000;

    /// <summary>Messages that one run brings before another one of its agent has its place.</summary>
    private const int MessagesOfARun = 16;

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
            MakeReady(run.Agent, sender);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _ready.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = stoppingToken },
        async (agent, token) =>
        {
            MailRun run;
            lock (_lock)
            {
                var sender = _senders[agent];
                run = sender.Waiting.Dequeue();
                (sender.Placed, sender.Running, _waiting) = (sender.Placed - 1, sender.Running + 1, _waiting - 1);
            }

            var rest = await RunAsync(run, token);
            lock (_lock)
            {
                var sender = _senders[agent];
                sender.Running--;
                if (rest is not null)
                {
                    _waiting++;
                    sender.Waiting.Enqueue(rest);
                }

                MakeReady(agent, sender);
                if (sender is { Running: 0, Placed: 0 })
                    _senders.Remove(agent);
            }
        });

    /// <summary>An agent's next runs have their place, as long as it has not as many as it may.</summary>
    private void MakeReady(string agent, SenderRuns sender)
    {
        while (sender.Placed + sender.Running < options.RunsOfAnAgent && sender.Placed < sender.Waiting.Count)
        {
            sender.Placed++;
            _ready.Writer.TryWrite(agent);
        }
    }

    /// <returns>What is left of it; null: nothing.</returns>
    private async Task<MailRun?> RunAsync(MailRun run, CancellationToken cancellationToken)
    {
        try
        {
            var next = run.First ?? (await actors.BeginAsync(run, cancellationToken)).Value?.Next;
            for (var brought = 0; next is { } mail; brought++)
            {
                if (brought == MessagesOfARun)
                    return run with { First = mail };
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

        return null;
    }

    /// <summary>Brings one message, and hears which is the next.</summary>
    private async Task<DeliverMail?> BringAsync(MailRun run, DeliverMail mail, CancellationToken cancellationToken)
    {
        ReportMail report;
        try
        {
            var taken = await actors.DeliverAsync(run.To, mail, cancellationToken);
            report = taken.IsRefused
                ? new ReportMail(run.To, mail.N, Code: taken.Refusal.Code, Detail: taken.Refusal.Detail)
                : new ReportMail(run.To, mail.N, IsReached: true, taken.Value);
        }
        catch (Exception fault) when (AgentRetries.IsFault(fault) || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogNotDelivered(fault, run.To);
            report = new ReportMail(run.To, mail.N, Code: MailCodes.RecipientUnreached, Detail: "The recipient's agent could not be reached; it is tried again.");
        }

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

    private sealed class SenderRuns
    {
        public Queue<MailRun> Waiting { get; } = new();

        /// <summary>Those of them that have a place among those of all agents.</summary>
        public int Placed { get; set; }

        public int Running { get; set; }
    }
}

/// <summary>A run of a line.</summary>
/// <param name="Agent">The sender's actor id.</param>
/// <param name="To">The receiver's.</param>
/// <param name="First">The message to begin with; null: the agent is asked.</param>
internal sealed record MailRun(string Agent, string To, DeliverMail? First);
