using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using Dapr.Actors.Client;
using Polly;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>What runs of purchases say to their agents and ask of them, through the sidecar. Retried for a while; each call is safe to repeat.</summary>
internal sealed class PurchaseActors(IActorProxyFactory proxies, TimeProvider time)
{
    private const int Retries = 5;

    private readonly ResiliencePipeline _pipeline = AgentRetries.Create(time, Retries, TimeSpan.FromMilliseconds(100));

    /// <summary>Begins a purchase; for tools.</summary>
    public Task<Result<PurchaseView>> BeginAsync(string agent, BeginPurchase request, CancellationToken cancellationToken) =>
        CallAsync<BeginPurchase, PurchaseView>(agent, nameof(IAgentPurchases.BeginPurchase), request, cancellationToken);

    /// <summary>Reads what became of a purchase; for tools.</summary>
    public Task<Result<PurchaseView>> GetAsync(string agent, string id, CancellationToken cancellationToken) =>
        CallAsync<GetPurchase, PurchaseView>(agent, nameof(IAgentPurchases.GetPurchase), new GetPurchase(id), cancellationToken);

    /// <summary>What a run has to do.</summary>
    public Task<Result<PurchaseWork>> GetWorkAsync(PurchaseRun run, CancellationToken cancellationToken) =>
        CallAsync<PurchaseRunId, PurchaseWork>(run.Agent, nameof(IAgentPurchases.GetPurchaseWork), new PurchaseRunId(run.Id, run.Attempt), cancellationToken);

    /// <summary>A seller wants to be paid.</summary>
    public Task<Result<PurchaseWork>> OfferAsync(PurchaseRun run, OfferPurchase offer, CancellationToken cancellationToken) =>
        CallAsync<OfferPurchase, PurchaseWork>(run.Agent, nameof(IAgentPurchases.OfferPurchase), offer, cancellationToken);

    /// <summary>Has the payment made.</summary>
    /// <param name="run">The run.</param>
    /// <param name="signature">Of the wallet's provider, hex; null: the key is the agent's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Result<PurchaseWork>> SignAsync(PurchaseRun run, string? signature, CancellationToken cancellationToken) =>
        CallAsync<SignPurchase, PurchaseWork>(run.Agent, nameof(IAgentPurchases.SignPurchase), new SignPurchase(run.Id, run.Attempt, signature), cancellationToken);

    /// <summary>The run has done a step.</summary>
    public Task<Result<PurchaseWork>> ReportAsync(PurchaseRun run, PurchaseReport report, CancellationToken cancellationToken) =>
        CallAsync<PurchaseReport, PurchaseWork>(run.Agent, nameof(IAgentPurchases.ReportPurchase), report, cancellationToken);

    private async Task<Result<TAnswer>> CallAsync<TRequest, TAnswer>(string agent, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => await _pipeline.ExecuteAsync(
            async token => await proxies.AskOnceAsync<TRequest, TAnswer>(time, AgentActorType.Name, agent, method, request, token), cancellationToken);
}

/// <summary>A run of a purchase.</summary>
/// <param name="Agent">The actor id.</param>
/// <param name="Id">The purchase.</param>
/// <param name="Attempt">Which run.</param>
internal sealed record PurchaseRun(string Agent, string Id, int Attempt);
