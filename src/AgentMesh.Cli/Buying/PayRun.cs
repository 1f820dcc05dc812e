using System.Text.Json;
using AgentMesh.Cli.Funding;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm.Signing;
using AgentMesh.X402.Exact.Evm.Client;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Buying;

/// <summary><c>pay</c>: from the key to the exit code.</summary>
/// <param name="options">The command line.</param>
/// <param name="parts">The world.</param>
internal sealed class PayRun(PayOptions options, CliParts parts)
{
    private readonly PayReport _report = new(options.AsJson ? TextWriter.Null : parts.Output, parts.Error);

    /// <summary>Pays, and says how it ended.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var unfinished = UnfinishedPayments.OfKeyFile(options.KeyFile);
        // Before a key is made: a key that is not there has no payments.
        var resumed = options.Request is null ? FindResumed(unfinished) : null;
        var (key, isNew) = BuyerKey.Open(options.KeyFile, parts.Random);
        using var owned = key;
        _report.Buyer(key.Address, options.KeyFile, isNew);
        var (request, earlier) = resumed is null ? Choose(options.Request!, unfinished) : (resumed.ToRequest(), Restore(resumed));
        _report.Requests(request);
        if (earlier is not null)
            _report.Resends(earlier);
        PayVerdict verdict;
        try
        {
            verdict = await BuyAsync(request, earlier, key, unfinished, cancellationToken);
        }
        catch (OperationCanceledException) when (unfinished.Find(request)?.ToPayment() is { IsRefused: false, Value: { } left })
        {
            // Ctrl-C, and the payment may be on its way.
            verdict = PayVerdict.Of(PayAnswer.None(new PaymentOutcome(left, null, null)), []);
        }

        var isOver = verdict.IsOver(parts.TimeProvider.GetUtcNow());
        _report.Ended(request, verdict, parts.TimeProvider.GetUtcNow(), isKept: !isOver);
        if (options.AsJson)
            await parts.Output.WriteLineAsync(JsonSerializer.Serialize(PayDocument.Of(key.Address, verdict), CliJson.Wire.PayDocument));
        // Last: who is killed before has the payment, and gets the answer again.
        if (isOver)
            unfinished.Remove(request, verdict.Payment!.Id.ToString());
        return verdict.ExitCode;
    }

    private async Task<PayVerdict> BuyAsync(
        PayRequest request, SignedPayment? earlier, EvmKey key, UnfinishedPayments unfinished, CancellationToken cancellationToken)
    {
        // A seller elsewhere is paid on a chain elsewhere, unless somebody says where its facilitator is.
        using var facilitator = options.Mesh.Facilitator is { } place && (options.Mesh.IsFacilitatorNamed || request.Url.IsLoopback)
            ? new SimulatedFacilitator(place, parts)
            : null;
        var caps = KnownAssets.All.Where(asset => asset.Network == options.Network).Select(asset => new SpendingCap(asset, options.MaxAmountAtomic));
        var wallet = new BuyerWallet(request, key, new PaymentPolicy { Caps = [.. caps] }, facilitator, unfinished, _report, parts);
        var terms = new TermsHandler(_report) { InnerHandler = LocalHttp.CreateHandler(request.Url) };
        using var http = new HttpClient(new PaymentHandler(wallet, new PaymentHandlerOptions()) { InnerHandler = terms }) { Timeout = Timeout.InfiniteTimeSpan };
        var answer = await new Delivery(http, _report, options.Patience, parts.TimeProvider).SendAsync(request, earlier, cancellationToken);
        var verdict = PayVerdict.Of(answer, terms.Terms);
        return verdict is { Payment: { } payment, Outcome: PayOutcome.Refused or PayOutcome.Unknown } && facilitator is not null
            ? verdict with { IsExecuted = await facilitator.IsUsedAsync(payment.Payment, cancellationToken) }
            : verdict;
    }

    /// <summary>The payment for the request that is not over; null: there is none, or it is given up.</summary>
    private (PayRequest Request, SignedPayment? Earlier) Choose(PayRequest request, UnfinishedPayments unfinished)
    {
        if (unfinished.Find(request) is not { } stored)
            return (request, null);
        if (options.PaysAnew)
        {
            _report.Remark($"Payment {stored.PaymentId} for this request is given up; it may be paid all the same.");
            unfinished.Remove(request, stored.PaymentId);
            return (request, null);
        }

        var earlier = Restore(stored);
        return earlier.Payment.Authorization.Value.Value <= options.MaxAmountAtomic.Value
            ? (request, earlier)
            : throw new CliException(
                $"payment {earlier.Id} for this request is not over, and is of more than --max: `pay --resume` sends it again, a larger --max too", ExitCodes.Refused);
    }

    private UnfinishedPayment FindResumed(UnfinishedPayments unfinished)
    {
        var found = unfinished.List().Where(payment => payment.PaymentId.StartsWith(options.Resume, StringComparison.Ordinal)).ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new CliException($"there is no such unfinished payment of the key {options.KeyFile}", ExitCodes.Usage),
            _ => throw new CliException(
                "there are several unfinished payments; name one:\n" + string.Join('\n', found.Select(payment =>
                    $"  pay --resume {payment.PaymentId[..UnfinishedPayments.ShownIdDigits]}   {payment.Method} {payment.Url}")),
                ExitCodes.Usage),
        };
    }

    private static SignedPayment Restore(UnfinishedPayment stored)
    {
        var payment = stored.ToPayment();
        return payment.IsRefused ? throw new CliException($"the unfinished payment {stored.PaymentId} is damaged: {payment.Refusal.Detail}") : payment.Value;
    }
}
