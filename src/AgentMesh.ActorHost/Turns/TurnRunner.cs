using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Announcing;
using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Tools;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Turns;

/// <summary>
/// Runs the model for turns, outside of the actors' own turns. What it knows is in memory only: a run that is lost with its process, or not taken
/// because the process is full, is found by the agent's work reminder when its lease is over.
/// </summary>
internal sealed partial class TurnRunner(
    TurnActors actors, Responder responder, AgentTools tools, Announcer announcer, RunningTexts texts, TenantGate gate, TurnOptions options, TimeProvider time,
    ILogger<TurnRunner> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    private readonly Channel<AgentRun> _queue = Channel.CreateBounded<AgentRun>(16 * 1024);
    private readonly ConcurrentDictionary<(string Agent, long Turn), ActiveRun> _active = new();

    /// <summary>
    /// How often the model has failed a turn in this process, and how long it asked to wait. Only a failure is paused after: a run that takes over
    /// from a dead process has lost enough time.
    /// </summary>
    private readonly ConcurrentDictionary<(string Agent, long Turn), (int Failures, TimeSpan Asked)> _failures = new();

    /// <summary>A run that is due: its agent has committed to it.</summary>
    public void Start(string agent, TurnRun run)
    {
        if (!_queue.Writer.TryWrite(new AgentRun(agent, run.Turn, run.Attempt)))
            LogFull(agent, run.Turn);
    }

    /// <summary>The turn is over: what still runs for it in this process is ended.</summary>
    public void Stop(string agent, long turn)
    {
        _failures.TryRemove((agent, turn), out _);
        if (_active.TryGetValue((agent, turn), out var active))
            active.Stop();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Bounded by the options; the rest of the queue waits. A lease that ends meanwhile makes another run, and this one is refused.
        await Parallel.ForEachAsync(
            _queue.Reader.ReadAllAsync(stoppingToken),
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = stoppingToken },
            RunAsync);
    }

    private async ValueTask RunAsync(AgentRun run, CancellationToken stoppingToken)
    {
        using var span = run.StartSpan();
        using var active = new ActiveRun(stoppingToken);
        _active[(run.Agent, run.Turn)] = active;
        var lease = Task.CompletedTask;
        try
        {
            lease = KeepLeaseAsync(run, active);
            await AnswerTurnAsync(run, active.Token);
        }
        catch (OperationCanceledException) when (active.Token.IsCancellationRequested)
        {
            // Taken over, canceled, or the process stops: the record of the turn says what happens next.
        }
        catch (TurnLostException)
        {
            LogLost(run.Agent, run.Turn, run.Attempt, TurnRefusals.TurnLost.Code);
        }
        catch (Exception exception) when (AgentRetries.IsFault(exception))
        {
            LogUnreached(exception, run.Agent, run.Turn, run.Attempt);
        }
#pragma warning disable CA1031 // The edge of a run: a fault of one must end neither the others nor the process. The turn ends when its attempts are used up.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogBug(exception, run.Agent, run.Turn, run.Attempt);
        }
        finally
        {
            _active.TryRemove(new((run.Agent, run.Turn), active));
            active.Stop();
            await lease;
        }
    }

    private async Task AnswerTurnAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (_failures.TryGetValue((run.Agent, run.Turn), out var failed))
            await Task.Delay(PauseAfter(failed.Failures, failed.Asked), time, cancellationToken);
        var found = await actors.GetContextAsync(run, cancellationToken);
        if (found.IsRefused)
        {
            LogLost(run.Agent, run.Turn, run.Attempt, found.Refusal.Code);
            return;
        }

        var context = found.Value;
        var text = texts.Begin(run.Agent, context.Session, run.Turn, run.Attempt);
        var funds = new RunFunds(actors, run, new TenantFunds(gate, run.Agent, time));
        using var clock = new CancellationTokenSource(Left(context), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            var (answer, usage) = await AnswerAsync(run, context, text, funds, either.Token);
            // An answer that was there in time is not given up while it is told.
            await actors.CompleteAsync(run, answer, usage, funds.LastMicroUsd, cancellationToken);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(run.Agent, run.Turn, run.Attempt, AgentRefusals.TurnTimedOut);
            Activity.Current?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", AgentRefusals.TurnTimedOut);
            await actors.TimeOutAsync(run, funds.LastMicroUsd, cancellationToken);
        }
        catch (BudgetReachedException reached)
        {
            // The agent has paused the turn, and begins another run when there is budget.
            LogPaused(run.Agent, run.Turn, run.Attempt, reached.Code);
        }
        catch (ResponderFailedException failure)
        {
            LogFailed(run.Agent, run.Turn, run.Attempt, failure.Code);
            Activity.Current?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", failure.Code);
            // A provider that asks to wait beyond the deadline leaves no other run of this turn.
            var mayRunAgain = failure.IsTransient && !(failure.RetryAfter >= Left(context));
            // Before the agent hears of it: the next run may begin in this process before the call returns.
            if (mayRunAgain)
                NoteFailure(run, failure.RetryAfter ?? TimeSpan.Zero);
            await actors.FailAsync(run, failure, mayRunAgain, funds.LastMicroUsd, cancellationToken);
        }
        finally
        {
            funds.End();
            texts.End(text);
        }
    }

    private TimeSpan Left(TurnContext context)
    {
        var left = DateTimeOffset.FromUnixTimeMilliseconds(context.Deadline) - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<(string Text, TurnUsage? Usage)> AnswerAsync(
        AgentRun run, TurnContext context, RunningText text, RunFunds funds, CancellationToken cancellationToken)
    {
        if (context.Tool is { } tool)
            return (await CallToolAsync(run, context, tool, cancellationToken), null);
        // The echo, when a turn had to wait for one that a model answers.
        if (responder.AnswersAtOnce)
            return (EchoResponder.Reply(context.Messages[^1].Content, context.StoredBefore, context.WalletAddress), null);
        var request = new ResponderRequest(
            context.SystemPrompt,
            context.Summary,
            [.. context.Messages.Select(message => new ResponderMessage(message.IsUser, message.Content))],
            TurnId.Of(run.Turn),
            run.Attempt,
            ToolsOf(run, context),
            funds);
        var answer = new StringBuilder();
        TurnUsage? usage = null;
        await foreach (var piece in responder.RespondAsync(request, cancellationToken))
        {
            if (piece.Text is { } part)
            {
                answer.Append(part);
                announcer.Announce(text.Append(part));
            }

            if (piece.Usage is { } taken)
                usage = new TurnUsage(taken.InputTokens, taken.OutputTokens, taken.CostMicroUsd);
        }

        return (answer.ToString(), usage);
    }

    /// <summary>A turn of a schedule that calls a tool: the result is the answer, and a call that fails is not made again.</summary>
    private async Task<string> CallToolAsync(AgentRun run, TurnContext context, string tool, CancellationToken cancellationToken)
    {
        if (ToolsOf(run, context) is not { } tools)
            throw new ResponderFailedException(AgentRefusals.TurnFailed, "There are no tools here.", isTransient: false);
        var called = await tools.CallOneAsync(tool, ToolCall.ArgumentsOf(context.Messages[^1].Content), cancellationToken);
        return called.HasResult ? called.Text : throw new ResponderFailedException(AgentRefusals.TurnFailed, called.Text, isTransient: false);
    }

    // An actor id that is none of ours has no owner that tools could act for.
    private ToolRun? ToolsOf(AgentRun run, TurnContext context) => AgentKey.TryParse(run.Agent, out var agent)
        ? tools.Begin(new ToolContext(
            agent, context.Session, TurnId.Of(run.Turn), run.Attempt, DateTimeOffset.FromUnixTimeMilliseconds(context.Deadline)))
        : null;

    /// <summary>Says that the run lives, three times in a lease, until it is over. A refusal ends the run: another has the turn.</summary>
    private async Task KeepLeaseAsync(AgentRun run, ActiveRun active)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(options.LeaseSeconds) / 3, time, active.Token);
                if (await actors.RenewAsync(run, active.Token))
                    continue;
                active.Stop();
                return;
            }
        }
        catch (OperationCanceledException) when (active.Token.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (Exception exception) when (AgentRetries.IsFault(exception))
        {
            // The lease ends; the run goes on, and is heard if nobody else has taken the turn.
            LogUnreached(exception, run.Agent, run.Turn, run.Attempt);
        }
    }

    private void NoteFailure(AgentRun run, TimeSpan asked) => _failures.AddOrUpdate(
        (run.Agent, run.Turn), static (_, asked) => (1, asked), static (_, known, asked) => (known.Failures + 1, asked), asked);

    private static TimeSpan PauseAfter(int failures, TimeSpan asked)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, failures - 1));
        var pause = TimeSpan.FromMilliseconds(longest / 2 + RandomNumberGenerator.GetInt32((int)(longest / 2) + 1));
        return pause > asked ? pause : asked;
    }

    [LoggerMessage(20, LogLevel.Warning, "No room to run turn {Turn} of agent {AgentId}; its reminder tries again")]
    private partial void LogFull(string agentId, long turn);

    [LoggerMessage(21, LogLevel.Information, "Turn {Turn} of agent {AgentId}, attempt {Attempt}, is not run: {Code}")]
    private partial void LogLost(string agentId, long turn, int attempt, string code);

    [LoggerMessage(22, LogLevel.Warning, "Turn {Turn} of agent {AgentId}, attempt {Attempt}, has no answer: {Code}")]
    private partial void LogFailed(string agentId, long turn, int attempt, string code);

    [LoggerMessage(23, LogLevel.Warning, "Agent {AgentId} was not reached for turn {Turn}, attempt {Attempt}; its reminder runs it again")]
    private partial void LogUnreached(Exception exception, string agentId, long turn, int attempt);

    [LoggerMessage(24, LogLevel.Error, "Turn {Turn} of agent {AgentId}, attempt {Attempt}, ended in a fault")]
    private partial void LogBug(Exception exception, string agentId, long turn, int attempt);

    [LoggerMessage(25, LogLevel.Information, "Turn {Turn} of agent {AgentId}, attempt {Attempt}, is paused: {Code}")]
    private partial void LogPaused(string agentId, long turn, int attempt, string code);

    /// <summary>What ends a run before its time.</summary>
    private sealed class ActiveRun(CancellationToken stoppingToken) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        private readonly Lock _lock = new();
        private bool _isDisposed;

        public CancellationToken Token => _stop.Token;

        public void Stop()
        {
            lock (_lock)
            {
                if (!_isDisposed)
                    _stop.Cancel();
            }
        }

        public void Dispose()
        {
            lock (_lock)
                _isDisposed = true;
            _stop.Dispose();
        }
    }
}
