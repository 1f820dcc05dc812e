using System.Security.Cryptography;
using System.Text;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Evm.Rpc;
using AgentMesh.Payments.Announcing;
using AgentMesh.Payments.Claims;
using AgentMesh.Payments.Execution;
using AgentMesh.Payments.Facilitation;
using AgentMesh.Payments.Intents;
using AgentMesh.Payments.Recording;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.Networks;

namespace AgentMesh.Payments.Settlement;

/// <summary>
/// One run of the work on a payment: does what its state asks for, reports it, and goes on with the state that comes back. The record is committed
/// before each call that cannot be taken back, and the claim is what keeps two runs from making the same one.
/// </summary>
internal sealed partial class SettlementRun(
    PaymentRun run, PaymentActors actors, ClaimStore claims, IntentStore intents, Facilitator facilitator, SellerClient seller, PaymentRecorder recorder,
    ChainLook chain, PaymentEventPublisher events, PaymentOptions options, TimeProvider time, ILogger<SettlementRun> logger)
{
    /// <summary>Steps of one run; a payment from the beginning to its event takes seven.</summary>
    private const int MaxSteps = 16;

    private const int OwnerBytes = 16;

    private readonly string _owner = RandomNumberGenerator.GetHexString(2 * OwnerBytes, lowercase: true);
    private bool _holdsClaim;
    private bool _hasLooked;
    private bool _cannotRecord;
    private bool _cannotAnnounce;

    /// <summary>Says that the run lives.</summary>
    /// <returns>False: the payment is not the run's any more.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken) =>
        !(await actors.ReportAsync(run, new PaymentReport(run.Attempt, PaymentSteps.Alive), cancellationToken)).IsRefused;

    /// <summary>Works until nothing is left to do now, or the payment is another run's.</summary>
    public async Task WorkAsync(CancellationToken cancellationToken)
    {
        var work = await actors.GetWorkAsync(run, cancellationToken);
        for (var step = 0; step < MaxSteps && !work.IsRefused; step++)
        {
            if (await NextAsync(work.Value, cancellationToken) is not { } report)
                return;
            // What was settled is told, though the process is to end meanwhile: the calls are bounded.
            work = await actors.ReportAsync(run, report, work.Value.Info.State == PaymentStates.Settling ? CancellationToken.None : cancellationToken);
        }

        if (work.IsRefused)
            LogLost(run.PaymentId, run.Attempt, work.Refusal.Code);
    }

    private Task<PaymentReport?> NextAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        // The seller's own records first: whoever hears the event asks for them.
        if (work.IsUnrecorded && !_cannotRecord)
            return RecordAsync(work, cancellationToken);
        if (work.Unannounced is { } type && !_cannotAnnounce)
            return AnnounceAsync(work, type, cancellationToken);
        return work.Info.State switch
        {
            PaymentStates.Verified => BeginAsync(work, cancellationToken),
            PaymentStates.Executing => ExecuteAsync(work, cancellationToken),
            PaymentStates.Executed => Task.FromResult<PaymentReport?>(Report(PaymentSteps.Settling)),
            PaymentStates.Settling => SettleAsync(work, cancellationToken),
            PaymentStates.Unknown when work.IsLookDue && !_hasLooked => LookAsync(work, cancellationToken),
            _ => Task.FromResult<PaymentReport?>(null),
        };
    }

    /// <summary>
    /// Of several payments that a payer made for one thing, one is worked for. Asked when the payment is known to be good, so that nobody takes a name
    /// in place of somebody else.
    /// </summary>
    private async Task<PaymentReport?> BeginAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        if (JobOf(work).Intent is not { } intent || await intents.TakeAsync(intent, run.PaymentId, cancellationToken) is not { } holder)
            return await ClaimAsync(PaymentSteps.Executing, cancellationToken);
        return holder.Request == intent.Request
            ? Report(PaymentSteps.ExecutionFailed, PaymentRefusals.PaymentSuperseded, "Another payment was made for the same.")
            : Report(PaymentSteps.ExecutionFailed, PaymentRefusals.PaymentIdentifierReused, "The payment's identifier was used for another request.");
    }

    /// <summary>Claims the payment before anything is done for it.</summary>
    /// <returns>The step; null: another run has the claim, and goes on.</returns>
    private async Task<PaymentReport?> ClaimAsync(string step, CancellationToken cancellationToken)
    {
        switch (await claims.AcquireAsync(run.PaymentId, _owner, run.Attempt, cancellationToken))
        {
            case ClaimAnswer.Held:
                _holdsClaim = true;
                return Report(step);
            case ClaimAnswer.Lost:
                LogClaimed(run.PaymentId, run.Attempt);
                return null;
            default:
                return Unknown("The payment was claimed and settled, or given up, before.");
        }
    }

    private async Task<PaymentReport?> ExecuteAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        if (!_holdsClaim)
        {
            var claimed = await ClaimAsync(PaymentSteps.Executing, cancellationToken);
            if (!_holdsClaim)
                return claimed;
        }

        var answer = await seller.AskAsync(work, JobOf(work), DeadlineOf(work), cancellationToken);
        return answer is { Turn: { } turn, Text: { } text }
            ? Report(PaymentSteps.Executed) with { Turn = turn, Answer = text }
            : Report(PaymentSteps.ExecutionFailed, answer.Code, answer.Detail);
    }

    private async Task<PaymentReport?> SettleAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        if (!_holdsClaim)
        {
            var claimed = await ClaimAsync(PaymentSteps.Settling, cancellationToken);
            if (!_holdsClaim)
                return claimed;
        }

        // The last thing before the order: from here on nobody else may give it, and this run gives it once.
        _holdsClaim = false;
        if (await claims.AdvanceAsync(run.PaymentId, _owner, ClaimPhase.Settling, cancellationToken) != ClaimAnswer.Held)
            return Unknown("The claim of the payment was taken over.");
        // Not given up when the process ends: the call has its own clock, and what becomes of it is worth the wait.
        var verdict = await facilitator.SettleAsync(RequestOf(work), EvmNetwork.Parse(work.Terms.Network), PayerOf(work), CancellationToken.None);
        return verdict.Outcome switch
        {
            SettleOutcome.Settled => Report(PaymentSteps.Settled) with { Transaction = verdict.Transaction },
#if PLANTED_BUGS
            SettleOutcome.Unknown when PlantedBugs.Is("unknown_is_failed") => Report(PaymentSteps.SettleFailed, verdict.Code, verdict.Detail),
#endif
            SettleOutcome.Unknown => Unknown(verdict.Detail ?? "", verdict.Code) with { Transaction = verdict.Transaction },
            _ => Report(PaymentSteps.SettleFailed, verdict.Code, verdict.Detail),
        };
    }

    private async Task<PaymentReport?> LookAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        _hasLooked = true;
        var claim = await claims.AcquireAsync(run.PaymentId, _owner, run.Attempt, cancellationToken);
        if (claim == ClaimAnswer.Held)
            claim = await claims.AdvanceAsync(run.PaymentId, _owner, ClaimPhase.Released, cancellationToken);
        // Whoever had the claim can never have given the order, and now never will.
        if (claim is ClaimAnswer.Held or ClaimAnswer.Released)
            return Report(PaymentSteps.SettleFailed, PaymentRefusals.PaymentNotSettled, "The order to settle was never given.");
        if (claim == ClaimAnswer.Lost)
            return Unknown("Another run has the claim of the payment.");
        var verdict = await FindOutAsync(work, cancellationToken);
        LogLooked(run.PaymentId, verdict.Outcome, verdict.Detail);
        return verdict.Outcome switch
        {
            SettleOutcome.Settled => await SettledAsync(work, verdict, cancellationToken),
            SettleOutcome.Failed => Report(PaymentSteps.SettleFailed, verdict.Code, verdict.Detail),
            _ => Unknown(verdict.Detail ?? "", verdict.Code) with { Transaction = verdict.Transaction },
        };
    }

    private async Task<SettleVerdict> FindOutAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        var transfer = TransferOf(work.Terms);
        if (options.SettleIsIdempotent)
        {
            var again = await facilitator.SettleOnceAsync(RequestOf(work), transfer.Network, transfer.From, cancellationToken);
            if (again.Outcome == SettleOutcome.Settled)
                return again;
            // While the authorization can be executed, a no to a repeat is no proof. Afterwards it is: the first order has not, and none will.
            if (again.Outcome == SettleOutcome.Failed && transfer.HasExpired(time.GetUtcNow()))
                return again with { Code = PaymentRefusals.AuthorizationExpired, Detail = "The authorization has expired without having been executed." };
        }

        try
        {
            return await chain.LookAsync(transfer, work.Info.Transaction, cancellationToken);
        }
        catch (EvmRpcException fault)
        {
            LogNoNode(run.PaymentId, fault.Failure);
            return new SettleVerdict(SettleOutcome.Unknown, null, PaymentRefusals.PaymentUnknown, "The node of the chain does not answer.");
        }
    }

    /// <summary>A payment is settled with its answer. A record that was overwritten may have lost it: the seller knows it by the payment id.</summary>
    private async Task<PaymentReport> SettledAsync(PaymentWork work, SettleVerdict verdict, CancellationToken cancellationToken)
    {
        var settled = Report(PaymentSteps.Settled) with { Transaction = verdict.Transaction };
        if (work.HasAnswer)
            return settled;
        var deadline = time.GetUtcNow() + TimeSpan.FromSeconds(options.SettleReserveSeconds);
        var answer = await seller.AskAsync(work, JobOf(work), deadline, cancellationToken);
        if (answer is { Turn: { } turn, Text: { } text })
            return settled with { Turn = turn, Answer = text };
        LogNoAnswer(run.PaymentId, answer.Code);
        return Unknown("The payment is settled and the seller has no answer.") with { Transaction = verdict.Transaction };
    }

    private async Task<PaymentReport?> RecordAsync(PaymentWork work, CancellationToken cancellationToken)
    {
        if (await recorder.RecordAsync(work, cancellationToken))
            return Report(PaymentSteps.Recorded) with { State = work.Info.State };
        // An agent that is away must not hold up anything else; the next run tells it.
        _cannotRecord = true;
        return await NextAsync(work, cancellationToken);
    }

    private async Task<PaymentReport?> AnnounceAsync(PaymentWork work, string type, CancellationToken cancellationToken)
    {
        var what = new PaymentEvent($"{run.PaymentId}:{type}", type, run.PaymentId, work.Seller, work.Info.UpdatedAt);
        if (await events.PublishAsync(what, cancellationToken))
            return Report(PaymentSteps.Announced) with { Event = type };
        // A broker that is away must not hold up looking for a payment; the next run publishes.
        _cannotAnnounce = true;
        return work.Info.State == PaymentStates.Unknown ? await NextAsync(work, cancellationToken) : null;
    }

    private DateTimeOffset DeadlineOf(PaymentWork work)
    {
        var limit = time.GetUtcNow() + TimeSpan.FromSeconds(options.ExecuteTimeoutSeconds);
        var valid = work.Terms.ValidBefore - TimeSpan.FromSeconds(options.SettleReserveSeconds);
        return valid < limit ? valid : limit;
    }

    private static PaymentJob JobOf(PaymentWork work) => work.Job ?? throw new InvalidOperationException("A payment that is not over has no job.");

    private static byte[] RequestOf(PaymentWork work) => Encoding.UTF8.GetBytes(JobOf(work).FacilitatorRequest);

    private static AuthorizedTransfer TransferOf(PaymentTerms terms) => new(
        EvmNetwork.Parse(terms.Network), EvmAddress.Parse(terms.Asset), EvmAddress.Parse(terms.Payer), EvmAddress.Parse(terms.PayTo), UInt256.Parse(terms.AmountAtomic),
        Bytes32.Parse(terms.Nonce), terms.ValidBefore);

    private static EvmAddress PayerOf(PaymentWork work) => EvmAddress.Parse(work.Terms.Payer);

    private PaymentReport Report(string step, string? code = null, string? detail = null) => new(run.Attempt, step, code, detail);

    private PaymentReport Unknown(string detail, string? code = null)
    {
        // What this run has just made unknown is looked for by a later one.
        _hasLooked = true;
        return Report(PaymentSteps.SettleUnknown, code ?? PaymentRefusals.PaymentUnknown, detail);
    }

    [LoggerMessage(30, LogLevel.Information, "Run {Attempt} of payment {PaymentId} ends: {Code}")]
    private partial void LogLost(string paymentId, int attempt, string code);

    [LoggerMessage(31, LogLevel.Information, "Run {Attempt} of payment {PaymentId} ends: another run has its claim")]
    private partial void LogClaimed(string paymentId, int attempt);

    [LoggerMessage(33, LogLevel.Information, "Payment {PaymentId} was looked for: {Outcome}. {Detail}")]
    private partial void LogLooked(string paymentId, SettleOutcome outcome, string? detail);

    [LoggerMessage(34, LogLevel.Warning, "Payment {PaymentId} could not be looked for: the node failed ({Failure})")]
    private partial void LogNoNode(string paymentId, EvmRpcFailure failure);

    [LoggerMessage(35, LogLevel.Error, "Payment {PaymentId} is settled, and its seller has no answer: {Code}")]
    private partial void LogNoAnswer(string paymentId, string? code);
}
