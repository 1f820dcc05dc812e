using AgentMesh.ActorHost.Responders;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using Dapr;
using Dapr.Actors;
using Dapr.Actors.Client;
using Polly;
using Polly.Retry;

namespace AgentMesh.ActorHost.Turns;

/// <summary>
/// What a run says to its agent, through the sidecar: the agent may have moved to another process meanwhile. Retried while the agent is not
/// reached; each call is safe to repeat, because the attempt is what it is known by.
/// </summary>
internal sealed class TurnActors(IActorProxyFactory proxies, TimeProvider time)
{
    private const int Retries = 8;

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && IsFault(exception)),
            MaxRetryAttempts = Retries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(2),
        })
        .Build();

    /// <summary>True for what a call throws when the agent is not reached or fails.</summary>
    public static bool IsFault(Exception exception) => exception is HttpRequestException or IOException or DaprApiException;

    /// <summary>What the model is to answer.</summary>
    public Task<Result<TurnContext>> GetContextAsync(AgentRun run, CancellationToken cancellationToken) =>
        CallAsync<TurnRunId, TurnContext>(run, nameof(IAgentTurns.GetTurnContext), new TurnRunId(run.Turn, run.Attempt), cancellationToken);

    /// <summary>The run lives.</summary>
    /// <returns>False: the turn is not the run's any more.</returns>
    public async Task<bool> RenewAsync(AgentRun run, CancellationToken cancellationToken) =>
        !(await CallAsync<TurnRunId, TurnRunId>(run, nameof(IAgentTurns.RenewTurn), new TurnRunId(run.Turn, run.Attempt), cancellationToken)).IsRefused;

    /// <summary>The run has the answer. A refusal means that another run has the turn, or that an earlier call of this one was heard.</summary>
    public Task CompleteAsync(AgentRun run, string text, TurnUsage? usage, CancellationToken cancellationToken) => CallAsync<CompleteTurn, TurnRunId>(
        run, nameof(IAgentTurns.CompleteTurn), new CompleteTurn(run.Turn, run.Attempt, text, usage), cancellationToken);

    /// <summary>The run has no answer. Why in particular is for people, in the detail; the code says what a client can do about it.</summary>
    public Task FailAsync(AgentRun run, ResponderFailedException failure, CancellationToken cancellationToken) => CallAsync<FailTurn, TurnRunId>(
        run,
        nameof(IAgentTurns.FailTurn),
        new FailTurn(
            run.Turn,
            run.Attempt,
            failure.Code == ResponderFailures.ModelTimedOut ? AgentRefusals.TurnTimedOut : AgentRefusals.TurnFailed,
            failure.Detail,
            failure.IsTransient),
        cancellationToken);

    private async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(
        AgentRun run, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        var proxy = proxies.Create(new ActorId(run.Agent), AgentActorType.Name);
        return await _pipeline.ExecuteAsync(
            async token => (await proxy.InvokeMethodAsync<TRequest, Reply<TAnswer>>(method, request, token)).ToResult(), cancellationToken);
    }
}
