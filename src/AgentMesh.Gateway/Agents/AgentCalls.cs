using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using Dapr.Actors;
using Dapr.Actors.Client;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace AgentMesh.Gateway.Agents;

/// <summary>
/// Calls agents through the sidecar until they answer, for a bounded time. What an agent's own failure says stays here: only
/// refusals that the agent returned as values reach the caller.
/// </summary>
internal sealed partial class AgentCalls
{
    private static readonly Refusal Unavailable = new(EdgeRefusals.AgentUnavailable, "The agent could not be reached in time. Try again.");

    private static readonly Refusal Failed = new(
        EdgeRefusals.AgentFailed, "The agent failed to answer. The reason is in its log under this traceId.");

    private const string StoredOrNot =
        " Whether the message was stored is not known; a repeat with the same Idempotency-Key stores it once.";

    private readonly IActorProxyFactory _proxies;
    private readonly ResiliencePipeline _pipeline;
    private readonly ILogger _logger;

    public AgentCalls(IActorProxyFactory proxies, IOptions<AgentCallOptions> options, TimeProvider timeProvider, ILogger<AgentCalls> logger)
    {
        _proxies = proxies;
        _pipeline = BuildPipeline(options.Value, timeProvider);
        _sending = BuildSending(options.Value, timeProvider);
        _logger = logger;
    }

    /// <summary>Those of the app that a request came to.</summary>
    public static AgentCalls Of(HttpContext context) => context.RequestServices.GetRequiredService<AgentCalls>();

    /// <summary>Sends a message. Its request id is the same in every retry, so that it is stored once.</summary>
    public async Task<Reply<PostedMessage>> PostMessageAsync(AgentKey agent, PostMessage message, CancellationToken cancellationToken)
    {
        var reply = await CallAsync<PostMessage, PostedMessage>(agent, nameof(IAgentActor.PostMessage), message, cancellationToken);
        return reply.Refusal is { Code: EdgeRefusals.AgentUnavailable or EdgeRefusals.AgentFailed } lost
            ? reply with { Refusal = lost with { Detail = lost.Detail + StoredOrNot } }
            : reply;
    }

    /// <summary>Reads the event log from a number on.</summary>
    public Task<Result<EventPage>> ReadEventsAsync(AgentKey agent, ReadEvents part, CancellationToken cancellationToken) =>
        AskAsync<ReadEvents, EventPage>(agent, nameof(IAgentActor.ReadEvents), part, cancellationToken);

    /// <summary>Reads a turn.</summary>
    public Task<Result<Turn>> GetTurnAsync(AgentKey agent, GetTurn turn, CancellationToken cancellationToken) =>
        AskAsync<GetTurn, Turn>(agent, nameof(IAgentActor.GetTurn), turn, cancellationToken);

    /// <summary>Ends a turn that is not over; a repeat changes nothing.</summary>
    public Task<Result<Turn>> CancelTurnAsync(AgentKey agent, CancelTurn turn, CancellationToken cancellationToken) =>
        AskAsync<CancelTurn, Turn>(agent, nameof(IAgentActor.CancelTurn), turn, cancellationToken);

    /// <summary>Lets a paused turn go on, if there is what it needs; a repeat changes nothing.</summary>
    public Task<Result<Turn>> ResumeTurnAsync(AgentKey agent, ResumeTurn turn, CancellationToken cancellationToken) =>
        AskAsync<ResumeTurn, Turn>(agent, nameof(IAgentActor.ResumeTurn), turn, cancellationToken);

    /// <summary>Reads counters and times.</summary>
    public Task<Result<AgentInfo>> GetInfoAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, AgentInfo>(agent, nameof(IAgentActor.GetInfo), null, cancellationToken);

    /// <summary>Reads a page of the conversation.</summary>
    public Task<Result<HistoryPage>> GetHistoryAsync(AgentKey agent, GetHistory page, CancellationToken cancellationToken) =>
        AskAsync<GetHistory, HistoryPage>(agent, nameof(IAgentActor.GetHistory), page, cancellationToken);

    /// <summary>Reads what the owner has set.</summary>
    public Task<Result<AgentProfile>> GetProfileAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, AgentProfile>(agent, nameof(IAgentActor.GetProfile), null, cancellationToken);

    /// <summary>Sets it.</summary>
    public Task<Result<AgentProfile>> SetProfileAsync(AgentKey agent, AgentProfile profile, CancellationToken cancellationToken) =>
        AskAsync<AgentProfile, AgentProfile>(agent, nameof(IAgentActor.SetProfile), profile, cancellationToken);

    /// <summary>Reads a page of a session as it is stored.</summary>
    public Task<Result<StoredPage>> GetPageAsync(AgentKey agent, GetPage page, CancellationToken cancellationToken) =>
        AskAsync<GetPage, StoredPage>(agent, nameof(IAgentActor.GetPage), page, cancellationToken);

    /// <summary>Removes everything, or the next part of it.</summary>
    public Task<Result<Erasure>> EraseAsync(AgentKey agent, EraseAgent request, CancellationToken cancellationToken) =>
        AskAsync<EraseAgent, Erasure>(agent, nameof(IAgentActor.EraseAll), request, cancellationToken);

    /// <summary>Takes an erased agent out of what its tenant knows of agents.</summary>
    public Task<Result<DueForgotten>> ForgetAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<ForgetDue, DueForgotten>(agent.Tenant, nameof(ITenantActor.ForgetDue), new ForgetDue([agent.User.ToString()]), cancellationToken);

    /// <summary>Asks a tenant for wallets that are not encrypted with the newest master key.</summary>
    public Task<Result<WalletsToSeal>> TakeWalletsAsync(TenantId tenant, TakeWallets request, CancellationToken cancellationToken) =>
        AskAsync<TakeWallets, WalletsToSeal>(tenant, nameof(ITenantWallets.TakeWallets), request, cancellationToken);

    /// <summary>Tells a tenant what wallets are encrypted with.</summary>
    public Task<Result<WalletsNoted>> NoteWalletsAsync(TenantId tenant, NoteWallets wallets, CancellationToken cancellationToken) =>
        AskAsync<NoteWallets, WalletsNoted>(tenant, nameof(ITenantWallets.NoteWallets), wallets, cancellationToken);

    /// <summary>Has an agent's wallet encrypted with the newest master key.</summary>
    public Task<Result<SealedWallet>> SealWalletAsync(AgentKey agent, SealWallet request, CancellationToken cancellationToken) =>
        AskAsync<SealWallet, SealedWallet>(agent, nameof(IAgentWallets.SealWallet), request, cancellationToken);

    /// <summary>Stops an agent's spending.</summary>
    public Task<Result<AgentFreeze>> FreezeAsync(AgentKey agent, FreezeAgent request, CancellationToken cancellationToken) =>
        AskAsync<FreezeAgent, AgentFreeze>(agent, nameof(IAgentFreezing.FreezeAgent), request, cancellationToken);

    /// <summary>Lets an agent spend again.</summary>
    public Task<Result<AgentFreeze>> UnfreezeAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, AgentFreeze>(agent, nameof(IAgentFreezing.UnfreezeAgent), null, cancellationToken);

    /// <summary>Says whether an agent's spending is stopped.</summary>
    public Task<Result<AgentFreeze>> GetFreezeAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, AgentFreeze>(agent, nameof(IAgentFreezing.GetFreeze), null, cancellationToken);

    /// <summary>Stops a tenant's spending, or tells it that one of its agents is frozen.</summary>
    public Task<Result<TenantFreeze>> FreezeAsync(TenantId tenant, FreezeTenant request, CancellationToken cancellationToken) =>
        AskAsync<FreezeTenant, TenantFreeze>(tenant, nameof(ITenantBudgets.FreezeTenant), request, cancellationToken);

    /// <summary>Lets a tenant spend again, or tells it that one of its agents does.</summary>
    public Task<Result<TenantFreeze>> UnfreezeAsync(TenantId tenant, UnfreezeTenant request, CancellationToken cancellationToken) =>
        AskAsync<UnfreezeTenant, TenantFreeze>(tenant, nameof(ITenantBudgets.UnfreezeTenant), request, cancellationToken);

    /// <summary>Whether so much might be spent of what the tenant has.</summary>
    public Task<Result<SpendingCheck>> CheckSpendingAsync(TenantId tenant, CheckSpending spending, CancellationToken cancellationToken) =>
        AskAsync<CheckSpending, SpendingCheck>(tenant, nameof(ITenantBudgets.CheckSpending), spending, cancellationToken);

    /// <summary>Reads a tenant's limits and what they have come to.</summary>
    public Task<Result<TenantBudget>> GetTenantBudgetAsync(TenantId tenant, CancellationToken cancellationToken) =>
        AskAsync<object?, TenantBudget>(tenant, nameof(ITenantBudgets.GetTenantBudget), null, cancellationToken);

    /// <summary>Sets a tenant's limits.</summary>
    public Task<Result<TenantBudget>> SetTenantLimitsAsync(TenantId tenant, SetTenantLimits limits, CancellationToken cancellationToken) =>
        AskAsync<SetTenantLimits, TenantBudget>(tenant, nameof(ITenantBudgets.SetTenantLimits), limits, cancellationToken);

    /// <summary>Makes a session, once for all retries.</summary>
    public Task<Result<Session>> CreateSessionAsync(AgentKey agent, CreateSession session, CancellationToken cancellationToken) =>
        AskAsync<CreateSession, Session>(agent, nameof(IAgentActor.CreateSession), session, cancellationToken);

    /// <summary>Reads a session.</summary>
    public Task<Result<Session>> GetSessionAsync(AgentKey agent, GetSession session, CancellationToken cancellationToken) =>
        AskAsync<GetSession, Session>(agent, nameof(IAgentActor.GetSession), session, cancellationToken);

    /// <summary>Reads a page of the sessions.</summary>
    public Task<Result<SessionList>> ListSessionsAsync(AgentKey agent, ListSessions page, CancellationToken cancellationToken) =>
        AskAsync<ListSessions, SessionList>(agent, nameof(IAgentActor.ListSessions), page, cancellationToken);

    /// <summary>Touches a session.</summary>
    public Task<Result<Session>> UpdateSessionAsync(AgentKey agent, UpdateSession change, CancellationToken cancellationToken) =>
        AskAsync<UpdateSession, Session>(agent, nameof(IAgentActor.UpdateSession), change, cancellationToken);

    /// <summary>Removes a session, or the next part of it.</summary>
    public Task<Result<SessionDeletion>> DeleteSessionAsync(AgentKey agent, DeleteSession session, CancellationToken cancellationToken) =>
        AskAsync<DeleteSession, SessionDeletion>(agent, nameof(IAgentActor.DeleteSession), session, cancellationToken);

    /// <summary>Reads a session's summary.</summary>
    public Task<Result<Summary>> GetSummaryAsync(AgentKey agent, string session, CancellationToken cancellationToken) =>
        AskAsync<GetSummary, Summary>(agent, nameof(IAgentSummaries.GetSummary), new GetSummary(session), cancellationToken);

    /// <summary>Reads what the agent sells.</summary>
    public Task<Result<Sales>> GetSalesAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, Sales>(agent, nameof(IAgentSales.GetSales), null, cancellationToken);

    /// <summary>Reads a page of the payments.</summary>
    public Task<Result<AgentPaymentList>> ListPaymentsAsync(AgentKey agent, ListPayments page, CancellationToken cancellationToken) =>
        AskAsync<ListPayments, AgentPaymentList>(agent, nameof(IAgentPayments.ListPayments), page, cancellationToken);

    /// <summary>Reads a payment.</summary>
    public Task<Result<AgentPayment>> GetPaymentAsync(AgentKey agent, string paymentId, CancellationToken cancellationToken) =>
        AskAsync<GetPayment, AgentPayment>(agent, nameof(IAgentPayments.GetPayment), new GetPayment(paymentId), cancellationToken);

    /// <summary>Reads what the agent may spend.</summary>
    public Task<Result<AgentBudget>> GetBudgetAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, AgentBudget>(agent, nameof(IAgentBudgets.GetBudget), null, cancellationToken);

    /// <summary>Sets it.</summary>
    public Task<Result<AgentBudget>> SetBudgetAsync(AgentKey agent, SetBudget budget, CancellationToken cancellationToken) =>
        AskAsync<SetBudget, AgentBudget>(agent, nameof(IAgentBudgets.SetBudget), budget, cancellationToken);

    /// <summary>Begins a purchase, once for all retries.</summary>
    public Task<Result<PurchaseView>> BeginPurchaseAsync(AgentKey agent, BeginPurchase purchase, CancellationToken cancellationToken) =>
        AskAsync<BeginPurchase, PurchaseView>(agent, nameof(IAgentPurchases.BeginPurchase), purchase, cancellationToken);

    /// <summary>Reads what became of a purchase.</summary>
    public Task<Result<PurchaseView>> GetPurchaseAsync(AgentKey agent, GetPurchase purchase, CancellationToken cancellationToken) =>
        AskAsync<GetPurchase, PurchaseView>(agent, nameof(IAgentPurchases.GetPurchase), purchase, cancellationToken);

    /// <summary>Reads the policy in force.</summary>
    public Task<Reply<AgentPolicy>> GetPolicyAsync(AgentKey agent, CancellationToken cancellationToken) =>
        CallAsync<object?, AgentPolicy>(agent, nameof(IAgentPolicies.GetPolicy), null, cancellationToken);

    /// <summary>Sets a policy. The reply has what is wrong with a document.</summary>
    public Task<Reply<AgentPolicy>> SetPolicyAsync(AgentKey agent, SetPolicy policy, CancellationToken cancellationToken) =>
        CallAsync<SetPolicy, AgentPolicy>(agent, nameof(IAgentPolicies.SetPolicy), policy, cancellationToken);

    /// <summary>Asks what the policy would say.</summary>
    public Task<Result<PolicyEvaluation>> EvaluatePolicyAsync(AgentKey agent, EvaluatePolicy payment, CancellationToken cancellationToken) =>
        AskAsync<EvaluatePolicy, PolicyEvaluation>(agent, nameof(IAgentPolicies.EvaluatePolicy), payment, cancellationToken);

    /// <summary>Reads the approvals.</summary>
    public Task<Result<ApprovalList>> ListApprovalsAsync(AgentKey agent, ListApprovals page, CancellationToken cancellationToken) =>
        AskAsync<ListApprovals, ApprovalList>(agent, nameof(IAgentPolicies.ListApprovals), page, cancellationToken);

    /// <summary>Reads an approval.</summary>
    public Task<Result<PaymentApproval>> GetApprovalAsync(AgentKey agent, GetApproval approval, CancellationToken cancellationToken) =>
        AskAsync<GetApproval, PaymentApproval>(agent, nameof(IAgentPolicies.GetApproval), approval, cancellationToken);

    /// <summary>Decides on an approval; a repeat changes nothing.</summary>
    public Task<Result<PaymentApproval>> DecideApprovalAsync(AgentKey agent, DecideApproval decision, CancellationToken cancellationToken) =>
        AskAsync<DecideApproval, PaymentApproval>(agent, nameof(IAgentPolicies.DecideApproval), decision, cancellationToken);

    /// <summary>Makes a schedule, once for all retries.</summary>
    public Task<Result<Schedule>> CreateScheduleAsync(AgentKey agent, CreateSchedule schedule, CancellationToken cancellationToken) =>
        AskAsync<CreateSchedule, Schedule>(agent, nameof(IAgentActor.CreateSchedule), schedule, cancellationToken);

    /// <summary>Reads the schedules.</summary>
    public Task<Result<ScheduleList>> ListSchedulesAsync(AgentKey agent, CancellationToken cancellationToken) =>
        AskAsync<object?, ScheduleList>(agent, nameof(IAgentActor.ListSchedules), null, cancellationToken);

    /// <summary>Removes a schedule.</summary>
    public Task<Result<Schedule>> DeleteScheduleAsync(AgentKey agent, DeleteSchedule schedule, CancellationToken cancellationToken) =>
        AskAsync<DeleteSchedule, Schedule>(agent, nameof(IAgentActor.DeleteSchedule), schedule, cancellationToken);

    private async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(AgentKey agent, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => (await CallAsync<TRequest, TAnswer>(agent, method, request, cancellationToken)).ToResult();

    private Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(TenantId tenant, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => AskTenantsAsync<TRequest, TAnswer>(tenant, TenantActorType.Name, method, request, cancellationToken);

    /// <summary>Asks one of the actors that a tenant has.</summary>
    private async Task<Result<TAnswer>> AskTenantsAsync<TRequest, TAnswer>(TenantId tenant, string actorType, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => (await CallAsync<TRequest, TAnswer>(new ActorId(tenant.ToString()), actorType, method, request, cancellationToken)).ToResult();

    private Task<Reply<TAnswer>> CallAsync<TRequest, TAnswer>(AgentKey agent, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class => CallAsync<TRequest, TAnswer>(new ActorId(agent.ToString()), AgentActorType.Name, method, request, cancellationToken);

    private async Task<Reply<TAnswer>> CallAsync<TRequest, TAnswer>(
        ActorId id, string type, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        var proxy = _proxies.Create(id, type);
        try
        {
            return await _pipeline.ExecuteAsync(
                static (call, attemptEnds) => new ValueTask<Reply<TAnswer>>(call.proxy.AskAsync<TRequest, TAnswer>(call.method, call.request, attemptEnds)),
                (proxy, method, request),
                cancellationToken);
        }
        catch (Exception exception) when (AgentCallFailures.Classify(exception) is not AgentCallFailure.None and var failure)
        {
            switch (failure)
            {
                case AgentCallFailure.Denied:
                    LogDenied(method);
                    return new Reply<TAnswer>(null, Unavailable);
                case AgentCallFailure.Failed:
                    LogFailed(method, exception.GetType().Name);
                    return new Reply<TAnswer>(null, Failed);
                default:
                    LogUnreached(exception, method);
                    return new Reply<TAnswer>(null, Unavailable);
            }
        }
    }

    // From outside in: the whole time, then failures of the agent (few), then not reaching it (as often as the time allows),
    // then the time of one call.
    private static ResiliencePipeline BuildPipeline(AgentCallOptions options, TimeProvider timeProvider) =>
        new ResiliencePipelineBuilder { TimeProvider = timeProvider }
            .AddTimeout(options.TotalTimeout)
            .AddRetry(RetryOf(AgentCallFailure.Failed, options.MaxFailedCalls - 1, options))
            .AddRetry(RetryOf(AgentCallFailure.Unreached, int.MaxValue, options))
            .AddTimeout(options.AttemptTimeout)
            .Build();

    private static RetryStrategyOptions RetryOf(AgentCallFailure failure, int retries, AgentCallOptions options) => new()
    {
        ShouldHandle = arguments => ValueTask.FromResult(
            arguments.Outcome.Exception is { } exception && AgentCallFailures.Classify(exception) == failure),
        MaxRetryAttempts = retries,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.RetryDelay,
        MaxDelay = options.MaxRetryDelay,
    };

    [LoggerMessage(1, LogLevel.Warning, "An agent was not reached in time for {ActorMethod}")]
    private partial void LogUnreached(Exception exception, string actorMethod);

    // Without the exception: the text of an agent's failure may hold what a user said.
    [LoggerMessage(2, LogLevel.Error, "An agent failed in {ActorMethod} ({ExceptionType}); its own log has the reason")]
    private partial void LogFailed(string actorMethod, string exceptionType);

    [LoggerMessage(3, LogLevel.Error, "The Dapr sidecar refused {ActorMethod}: DAPR_API_TOKEN is not the sidecar's")]
    private partial void LogDenied(string actorMethod);
}
