using System.Threading.Channels;
using AgentMesh.ActorHost.Agents;
using AgentMesh.ActorHost.Outgoing;
using AgentMesh.ActorHost.TenantBudgets;
using AgentMesh.ActorHost.Wallets.Crossmint;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Freezing;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Evm;
using AgentMesh.Evm.Tokens;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>
/// Works on purchases, outside of the actors' turns. What it knows is in memory only: a run that is lost with its process, or not taken because the
/// process is full, is found by its agent when its lease is over. The agent says what is done next, and has stored it before.
/// </summary>
internal sealed partial class PurchaseRunner(
    PurchaseActors actors,
    OutgoingClient outgoing,
    AuthorizationLooker looker,
    CrossmintClient crossmint,
    TenantGate gate,
    PromisedFunds promised,
    TimeProvider time,
    ILogger<PurchaseRunner> logger) : BackgroundService
{
    /// <summary>Runs that wait at most.</summary>
    private const int MaxWaiting = 10_000;

    /// <summary>Runs at a time. Each may have an answer of a mebibyte in memory.</summary>
    private const int Concurrency = 64;

    /// <summary>Steps of one run: call, sign, send, and nothing.</summary>
    private const int MaxSteps = 5;

    private static readonly Refusal OtherTerms = new(
        PaymentRefusals.PaymentUnknown, "The server answered the payment with other terms than those that were paid for. Nothing more is signed.");

    private static readonly Refusal Another402 = new(
        PaymentRefusals.PaymentUnknown, "The server answered the payment with another 402. Nothing more is signed.");

    private readonly Channel<PurchaseRun> _queue = Channel.CreateBounded<PurchaseRun>(MaxWaiting);

    /// <summary>A run that is due: its agent has committed to it.</summary>
    public void Start(PurchaseRun run)
    {
        if (!_queue.Writer.TryWrite(run))
            LogFull(run.Agent, run.Id);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _queue.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = stoppingToken },
        RunAsync);

    private async ValueTask RunAsync(PurchaseRun run, CancellationToken cancellationToken)
    {
        try
        {
            var work = await actors.GetWorkAsync(run, cancellationToken);
            for (var steps = 0; steps < MaxSteps && work is { IsRefused: false, Value.Step: not PurchaseTasks.None }; steps++)
                work = await StepAsync(run, work.Value, cancellationToken);
            if (work.IsRefused)
                LogLost(run.Agent, run.Id, run.Attempt, work.Refusal.Code);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops: another run goes on from what is stored.
        }
        catch (Exception fault) when (AgentRetries.IsFault(fault) || fault is OperationCanceledException)
        {
            LogUnreached(fault, run.Agent, run.Id, run.Attempt);
        }
#pragma warning disable CA1031 // The edge of a run: a fault of one must end neither the others nor the process.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogBug(fault, run.Agent, run.Id, run.Attempt);
        }
    }

    private Task<Result<PurchaseWork>> StepAsync(PurchaseRun run, PurchaseWork work, CancellationToken cancellationToken) => work.Step switch
    {
        PurchaseTasks.Call => CallAsync(run, work, cancellationToken),
        PurchaseTasks.Sign => actors.SignAsync(run, null, cancellationToken),
        PurchaseTasks.SignElsewhere => SignElsewhereAsync(run, work.Authorization!, cancellationToken),
        PurchaseTasks.Send => SendAsync(run, work, cancellationToken),
        PurchaseTasks.Look => LookAsync(run, work.Authorization!, cancellationToken),
        _ => throw new InvalidOperationException("The agent asks for a step that this build does not know."),
    };

    private async Task<Result<PurchaseWork>> CallAsync(PurchaseRun run, PurchaseWork work, CancellationToken cancellationToken)
    {
        var called = await outgoing.SendAsync(ToCall(run, work), cancellationToken);
        if (called.IsRefused)
            return await ReportAsync(run, PurchaseReports.Refused, called.Refusal, null, cancellationToken);
        var answer = called.Value;
        if (answer.Status != StatusCodes.Status402PaymentRequired)
            return await AnswerAsync(run, answer, cancellationToken);
        // The body is of use only without the header, and then it is the terms.
        var body = answer.PaymentRequired is null ? Convert.ToBase64String(answer.Body.Span) : null;
        var hasBody = work.Body is not null && answer.Method == work.Method;
        return await OfferAsync(
            run, work, new OfferPurchase(run.Id, run.Attempt, answer.Url.ToString(), answer.Method, hasBody, answer.PaymentRequired, body, "0"), cancellationToken);
    }

    /// <summary>
    /// Reserves what may be paid of the tenant's money, offers, and gives back what was not promised. What is stays set aside until it is known whether
    /// it is paid; what a lost answer leaves open counts as spent.
    /// </summary>
    private async Task<Result<PurchaseWork>> OfferAsync(PurchaseRun run, PurchaseWork work, OfferPurchase offer, CancellationToken cancellationToken)
    {
        // An actor id that is none of ours has no tenant, and its agent spends nothing.
        var share = AgentKey.TryParse(run.Agent, out var agent)
            ? await gate.ReserveAsync(time, agent.Tenant, work.Asset!, Amounts.Parse(work.MaxAmount!), least: 1, cancellationToken)
            : new TenantShare(TenantReservation.None, 0, FreezeRefusals.TenantUnknown);
        try
        {
            var offered = await OfferAsync(
                run, offer with { Reserved = Amounts.ToText(share.Amount), Stop = SpendingStops.Of(share.Shortage) }, cancellationToken);
            if (offered is { IsRefused: false, Value.Authorization: { } agreed })
                promised.Keep(agreed.PaymentId, TenantGate.Shrink(share.Reservation, UInt128.Min(Amounts.Parse(agreed.Amount), share.Reservation.Amount)), agreed.ValidBefore);
            else
                TenantGate.Return(share.Reservation, share.Reservation.Amount);
            return offered;
        }
        finally
        {
            // Without an answer. With one it is nobody's any more, and this changes nothing.
            TenantGate.Return(share.Reservation, unspent: 0);
        }
    }

    private async Task<Result<PurchaseWork>> OfferAsync(PurchaseRun run, OfferPurchase offer, CancellationToken cancellationToken)
    {
        var offered = await actors.OfferAsync(run, offer, cancellationToken);
        // The agent may live in another process than its run does, and that one has only begun to ask.
        for (var attempt = 1; attempt < TenantReserving.MaxAttempts && offered is { IsRefused: true, Refusal.Code: SpendingRefusals.TenantUnknown }; attempt++)
        {
            await TenantReserving.WaitAsync(time, cancellationToken);
            offered = await actors.OfferAsync(run, offer, cancellationToken);
        }

        return offered;
    }

    private async Task<Result<PurchaseWork>> SendAsync(PurchaseRun run, PurchaseWork work, CancellationToken cancellationToken)
    {
        var called = await outgoing.SendAsync(ToCall(run, work), cancellationToken);
        if (called.IsRefused)
            return await ReportAsync(run, PurchaseReports.Unanswered, called.Refusal, null, cancellationToken);
        var answer = called.Value;
        return answer.Status switch
        {
            StatusCodes.Status402PaymentRequired => await TurnAwayAsync(run, work.Authorization!, answer, cancellationToken),
            408 or 425 or 429 or >= 500 when answer.Receipt is null => await ReportAsync(
                run, PurchaseReports.Unanswered, new Refusal(PaymentRefusals.PaymentUnknown, $"The server answered the payment with {answer.Status}."), answer.RetryAfter, cancellationToken),
            _ => await AnswerAsync(run, answer, cancellationToken),
        };
    }

    /// <summary>
    /// The payment was answered with a 402. Official sellers say that also when they have the money and do not know it, and when their facilitator was not well:
    /// the chain is asked before anything else. While it knows of no transfer the same bytes go out again, unless the seller asks for something else now.
    /// </summary>
    private async Task<Result<PurchaseWork>> TurnAwayAsync(PurchaseRun run, PurchaseAuthorization agreed, OutgoingAnswer answer, CancellationToken cancellationToken)
    {
        var outcome = await looker.LookAsync(agreed, cancellationToken);
        if (outcome.State != PaymentStates.Unknown)
            return await ReportAsync(run, outcome, cancellationToken);
        return SellerTerms.AsksForTheSame(agreed, answer.PaymentRequired, answer.Body) == false
            ? await ReportAsync(run, PurchaseReports.TurnedAway, OtherTerms, null, cancellationToken)
            : await ReportAsync(run, PurchaseReports.Unanswered, Another402, answer.RetryAfter, cancellationToken);
    }

    private async Task<Result<PurchaseWork>> SignElsewhereAsync(PurchaseRun run, PurchaseAuthorization agreed, CancellationToken cancellationToken)
    {
        var asset = KnownAssets.Find(EvmNetwork.Parse(agreed.Network), EvmAddress.Parse(agreed.Token))!;
        try
        {
            var signature = await crossmint.SignAsync(EvmAddress.Parse(agreed.From), ToTransfer(agreed), asset, cancellationToken);
            return await actors.SignAsync(run, Hex.Encode(signature), cancellationToken);
        }
        catch (CrossmintFailedException fault)
        {
            return await ReportAsync(run, PurchaseReports.NotSigned, new Refusal(AgentRefusals.WalletSigningFailed, fault.Message), null, cancellationToken);
        }
    }

    private async Task<Result<PurchaseWork>> LookAsync(PurchaseRun run, PurchaseAuthorization agreed, CancellationToken cancellationToken) =>
        await ReportAsync(run, await looker.LookAsync(agreed, cancellationToken), cancellationToken);

    private Task<Result<PurchaseWork>> ReportAsync(PurchaseRun run, AuthorizationOutcome outcome, CancellationToken cancellationToken)
    {
        var step = outcome.State switch
        {
            PaymentStates.Settled => PurchaseReports.FoundSettled,
            PaymentStates.Failed => PurchaseReports.FoundFailed,
            _ => PurchaseReports.NotFound,
        };
        return actors.ReportAsync(
            run,
            new PurchaseReport(run.Id, run.Attempt, step, outcome.Reason, outcome.Detail, Transaction: outcome.Transaction, CanBeKnown: outcome.CanBeKnown),
            cancellationToken);
    }

    private Task<Result<PurchaseWork>> AnswerAsync(PurchaseRun run, OutgoingAnswer answer, CancellationToken cancellationToken) => actors.ReportAsync(
        run,
        new PurchaseReport(
            run.Id, run.Attempt, PurchaseReports.Answered, Status: answer.Status, ContentType: answer.ContentType, Body: Convert.ToBase64String(answer.Body.Span),
            Receipt: answer.Receipt),
        cancellationToken);

    private Task<Result<PurchaseWork>> ReportAsync(PurchaseRun run, string step, Refusal reason, TimeSpan? retryAfter, CancellationToken cancellationToken) => actors.ReportAsync(
        run, new PurchaseReport(run.Id, run.Attempt, step, reason.Code, reason.Detail, retryAfter is { } wait ? (int)Math.Min(wait.TotalSeconds, 3600) : null), cancellationToken);

    private static OutgoingCall ToCall(PurchaseRun run, PurchaseWork work) => new(
        new Uri(work.Url!), work.Method!, work.Body is { } body ? Convert.FromBase64String(body) : null, work.ContentType, $"purchase-{run.Id}",
        work is { HeaderName: { } name, HeaderValue: { } value } ? new PaymentHeader(name, value) : null);

    private static TransferWithAuthorization ToTransfer(PurchaseAuthorization agreed) => new(
        EvmAddress.Parse(agreed.From), EvmAddress.Parse(agreed.To), UInt256.Parse(agreed.Amount), UInt256.Parse(agreed.ValidAfter),
        (ulong)agreed.ValidBefore.ToUnixTimeSeconds(), Bytes32.Parse(agreed.Nonce));

    [LoggerMessage(70, LogLevel.Warning, "No room to run purchase {PurchaseId} of agent {AgentId}; it runs when its lease is over")]
    private partial void LogFull(string agentId, string purchaseId);

    [LoggerMessage(71, LogLevel.Information, "Purchase {PurchaseId} of agent {AgentId}, attempt {Attempt}, is not run on: {Code}")]
    private partial void LogLost(string agentId, string purchaseId, int attempt, string code);

    [LoggerMessage(72, LogLevel.Warning, "Agent {AgentId} was not reached for purchase {PurchaseId}, attempt {Attempt}; it runs again when its lease is over")]
    private partial void LogUnreached(Exception exception, string agentId, string purchaseId, int attempt);

    [LoggerMessage(73, LogLevel.Error, "Purchase {PurchaseId} of agent {AgentId}, attempt {Attempt}, ended in a fault; it runs again when its lease is over")]
    private partial void LogBug(Exception exception, string agentId, string purchaseId, int attempt);
}
