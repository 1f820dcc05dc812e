using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Responders;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using Dapr.Actors;
using Dapr.Actors.Client;
using Polly;

namespace AgentMesh.ActorHost.Turns;

/// <summary>
/// What a run says to its agent and asks of it, through the sidecar: the agent may have moved to another process meanwhile. Retried while the agent is not
/// reached; each call is safe to repeat, because the attempt is what it is known by.
/// </summary>
internal sealed class TurnActors(IActorProxyFactory proxies, TimeProvider time)
{
    private const int Retries = 8;

    private readonly ResiliencePipeline _pipeline = AgentRetries.Create(time, Retries, TimeSpan.FromMilliseconds(50));

    /// <summary>What the model is to answer.</summary>
    public Task<Result<TurnContext>> GetContextAsync(AgentRun run, CancellationToken cancellationToken) =>
        CallAsync<TurnRunId, TurnContext>(run.Agent, nameof(IAgentTurns.GetTurnContext), new TurnRunId(run.Turn, run.Attempt), cancellationToken);

    /// <summary>The run lives.</summary>
    /// <returns>False: the turn is not the run's any more.</returns>
    public async Task<bool> RenewAsync(AgentRun run, CancellationToken cancellationToken) =>
        !(await CallAsync<TurnRunId, TurnRunId>(run.Agent, nameof(IAgentTurns.RenewTurn), new TurnRunId(run.Turn, run.Attempt), cancellationToken)).IsRefused;

    /// <summary>The run is about to call the model.</summary>
    public Task<Result<CallHold>> HoldCallAsync(AgentRun run, int call, CallEstimate estimate, long? lastMicroUsd, SpendingStop? stop, CancellationToken cancellationToken) =>
        CallAsync<HoldCall, CallHold>(
            run.Agent,
            nameof(IAgentTurns.HoldCall),
            new HoldCall(run.Turn, run.Attempt, call, estimate.WantedMicroUsd, estimate.LeastMicroUsd, lastMicroUsd, stop),
            cancellationToken);

    /// <summary>The run is about to call a tool, or the call is over.</summary>
    /// <returns>False: the turn is not the run's any more.</returns>
    public async Task<bool> NoteToolAsync(string agent, NoteTool note, CancellationToken cancellationToken) =>
        !(await CallAsync<NoteTool, TurnRunId>(agent, nameof(IAgentTurns.NoteTool), note, cancellationToken)).IsRefused;

    /// <summary>Makes a schedule. A repeat, by the key, finds the one it made.</summary>
    public Task<Result<Schedule>> CreateScheduleAsync(string agent, CreateSchedule request, CancellationToken cancellationToken) =>
        CallAsync<CreateSchedule, Schedule>(agent, nameof(IAgentActor.CreateSchedule), request, cancellationToken);

    /// <summary>The agent's schedules.</summary>
    public Task<Result<ScheduleList>> ListSchedulesAsync(string agent, CancellationToken cancellationToken) =>
        CallAsync<object?, ScheduleList>(agent, nameof(IAgentActor.ListSchedules), null, cancellationToken);

    /// <summary>Removes a schedule.</summary>
    public Task<Result<Schedule>> DeleteScheduleAsync(string agent, string id, CancellationToken cancellationToken) =>
        CallAsync<DeleteSchedule, Schedule>(agent, nameof(IAgentActor.DeleteSchedule), new DeleteSchedule(id), cancellationToken);

    /// <summary>Sends a message to other agents. A repeat, by the request id, sends nothing.</summary>
    public Task<Result<SentMail>> SendMailAsync(string agent, SendMail request, CancellationToken cancellationToken) =>
        CallAsync<SendMail, SentMail>(agent, nameof(IAgentMail.SendMail), request, cancellationToken);

    /// <summary>The run has the answer. A refusal means that another run has the turn, or that an earlier call of this one was heard.</summary>
    public Task CompleteAsync(AgentRun run, string text, TurnUsage? usage, long? lastMicroUsd, CancellationToken cancellationToken) => CallAsync<CompleteTurn, TurnRunId>(
        run.Agent, nameof(IAgentTurns.CompleteTurn), new CompleteTurn(run.Turn, run.Attempt, text, usage, lastMicroUsd), cancellationToken);

    /// <summary>The run has no answer. Why in particular is for people, in the detail; the code says what a client can do about it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="failure">Why.</param>
    /// <param name="mayRunAgain">Another run may have an answer before the turn's deadline.</param>
    /// <param name="lastMicroUsd">What the last try of a call has cost; null: not known, or nothing is held for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task FailAsync(AgentRun run, ResponderFailedException failure, bool mayRunAgain, long? lastMicroUsd, CancellationToken cancellationToken)
    {
        var code = failure.Code == ResponderFailures.ModelTimedOut ? AgentRefusals.TurnTimedOut : AgentRefusals.TurnFailed;
        return FailAsync(run, new Refusal(code, failure.Detail), mayRunAgain, lastMicroUsd, cancellationToken);
    }

    /// <summary>The turn's time was over before the run had an answer.</summary>
    public Task TimeOutAsync(AgentRun run, long? lastMicroUsd, CancellationToken cancellationToken) =>
        FailAsync(run, TurnRefusals.TurnTimedOut, mayRunAgain: false, lastMicroUsd, cancellationToken);

    /// <summary>A page of the agent's conversation.</summary>
    public Task<Result<HistoryPage>> GetHistoryAsync(string agent, GetHistory request, CancellationToken cancellationToken) =>
        CallAsync<GetHistory, HistoryPage>(agent, nameof(IAgentActor.GetHistory), request, cancellationToken);

    /// <summary>What a session's summary takes in next.</summary>
    public Task<Result<SummaryWork>> GetSummaryWorkAsync(string agent, string session, CancellationToken cancellationToken) =>
        CallAsync<GetSummary, SummaryWork>(agent, nameof(IAgentSummaries.GetSummaryWork), new GetSummary(session), cancellationToken);

    /// <summary>A model is about to be called for a summary.</summary>
    public Task<Result<CallHold>> HoldSummaryAsync(
        string agent, string session, string writing, int call, CallEstimate estimate, long? lastMicroUsd, SpendingStop? stop, CancellationToken cancellationToken) =>
        CallAsync<HoldSummary, CallHold>(
            agent,
            nameof(IAgentSummaries.HoldSummary),
            new HoldSummary(session, writing, call, estimate.WantedMicroUsd, estimate.LeastMicroUsd, lastMicroUsd, stop),
            cancellationToken);

    /// <summary>A writing of a summary is over.</summary>
    public Task SettleSummaryAsync(string agent, string writing, int call, long? lastMicroUsd, CancellationToken cancellationToken) =>
        CallAsync<SettleSummary, SettleSummary>(agent, nameof(IAgentSummaries.SettleSummary), new SettleSummary(writing, call, lastMicroUsd), cancellationToken);

    /// <summary>A summary has been written. A refusal means that the session has another by now, or that an earlier call was heard.</summary>
    public Task<Result<Summary>> StoreSummaryAsync(string agent, StoreSummary request, CancellationToken cancellationToken) =>
        CallAsync<StoreSummary, Summary>(agent, nameof(IAgentSummaries.StoreSummary), request, cancellationToken);

    private Task<Result<TurnRunId>> FailAsync(AgentRun run, Refusal reason, bool mayRunAgain, long? lastMicroUsd, CancellationToken cancellationToken) =>
        CallAsync<FailTurn, TurnRunId>(
            run.Agent, nameof(IAgentTurns.FailTurn), new FailTurn(run.Turn, run.Attempt, reason.Code, reason.Detail, mayRunAgain, lastMicroUsd), cancellationToken);

    private async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(
        string agent, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        var proxy = proxies.Create(new ActorId(agent), AgentActorType.Name);
        return await _pipeline.ExecuteAsync(
            async token => (await proxy.AskAsync<TRequest, TAnswer>(method, request, token)).ToResult(), cancellationToken);
    }
}
