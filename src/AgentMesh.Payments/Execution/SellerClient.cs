using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Recording;
using AgentMesh.Payments.Settlement;
using AgentMesh.Primitives;
using Dapr.Actors;
using Dapr.Actors.Client;

namespace AgentMesh.Payments.Execution;

/// <summary>
/// Has the seller's agent do the paid work: a message to it with the payment id as its idempotency key, so that it acts once however often it is
/// asked, and a look at its turn while a model works on it.
/// </summary>
internal sealed class SellerClient(IActorProxyFactory proxies, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private const string PaidSession = """{"title":"Paid calls"}""";

    /// <summary>What passes: the seller is asked again as long as there is time.</summary>
    private static readonly string[] PassingRefusals =
    [
        AgentRefusals.RateLimited, AgentRefusals.TooManyTurns, AgentRefusals.AgentErasing, AgentRefusals.AgentRestoring, AgentRefusals.WalletUnavailable,
        AgentRefusals.EncryptionKeyMissing,
    ];

    /// <summary>Asks until there is an answer, or until it is too late for one.</summary>
    /// <param name="work">The payment: its id is the idempotency key, and the seller stores it with the work, before anything is done.</param>
    /// <param name="job">What to do.</param>
    /// <param name="deadline">When an answer is of no use any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SellerAnswer> AskAsync(PaymentWork work, PaymentJob job, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var seller = work.Seller;
        PostMessage? message = null;
        var pause = FirstPause;
        string? turn = null;
        // Ends at the deadline.
        while (time.GetUtcNow() < deadline)
        {
            SellerAnswer? answer = null;
            if (message is null)
                (answer, message) = await PrepareAsync(work, job, cancellationToken);
            if (message is not null)
                (answer, turn) = turn is null ? await PostAsync(seller, message, cancellationToken) : await LookAsync(seller, turn, cancellationToken);
            if (answer is not null)
                return answer;
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        return SellerAnswer.None(PaymentRefusals.ExecutionTimedOut, "The seller had no answer in time.");
    }

    /// <summary>
    /// Paid calls have sessions of their own: what strangers ask is not for the owner's conversation, and one that takes long does not keep
    /// all others waiting.
    /// </summary>
    /// <returns>Neither: the seller was not reached, and is to be asked again.</returns>
    private async Task<(SellerAnswer? Answer, PostMessage? Message)> PrepareAsync(PaymentWork work, PaymentJob job, CancellationToken cancellationToken)
    {
        var paymentId = work.Info.PaymentId;
        var payment = AgentRecord.OfBegun(work.Info);
        var request = $"payment-{paymentId}";
        if (job.Tool is null)
            return (null, new PostMessage(job.Content, job.SessionId, request, paymentId, Payment: payment));
        if (job.SessionId is { } chosen)
            return (null, new PostMessage(null, chosen, request, paymentId, null, job.Tool, job.Content, payment));
        // By the id's first digit, which is one of a hash: sixteen sessions.
        var wanted = new CreateSession(PaidSession, $"paid-calls-{paymentId[0]}", null, 0, payment.Payee);
        var made = await CallAsync<CreateSession, Session>(work.Seller, nameof(IAgentActor.CreateSession), wanted, cancellationToken);
        return made switch
        {
            null => (null, null),
            { IsRefused: true, Refusal: { } refusal } => (PassingRefusals.Contains(refusal.Code, StringComparer.Ordinal) ? null : SellerAnswer.None(refusal.Code, refusal.Detail), null),
            { Value: { } session } => (null, new PostMessage(null, session.Id, request, paymentId, null, job.Tool, job.Content, payment)),
            _ => throw new InvalidOperationException("A result is neither."),
        };
    }

    private async Task<(SellerAnswer? Answer, string? Turn)> PostAsync(string seller, PostMessage message, CancellationToken cancellationToken)
    {
        var reply = await CallAsync<PostMessage, PostedMessage>(seller, nameof(IAgentActor.PostMessage), message, cancellationToken);
        return reply switch
        {
            null => (null, null),
            { IsRefused: true, Refusal: { } refusal } => (PassingRefusals.Contains(refusal.Code, StringComparer.Ordinal) ? null : SellerAnswer.None(refusal.Code, refusal.Detail), null),
            { Value: { } posted } => (posted.IsPending ? null : new SellerAnswer(posted.TurnId, posted.Response), posted.TurnId),
            _ => throw new InvalidOperationException("A result is neither."),
        };
    }

    private async Task<(SellerAnswer? Answer, string? Turn)> LookAsync(string seller, string turn, CancellationToken cancellationToken)
    {
        var reply = await CallAsync<GetTurn, Turn>(seller, nameof(IAgentActor.GetTurn), new GetTurn(turn), cancellationToken);
        return reply switch
        {
            null => (null, turn),
            { IsRefused: true, Refusal: { } refusal } => (SellerAnswer.None(refusal.Code, refusal.Detail), turn),
            { Value.Answer.Response: { } text } => (new SellerAnswer(turn, text), turn),
            { Value.Error: { } error } => (SellerAnswer.None(error.Code, error.Detail), turn),
            _ => (null, turn),
        };
    }

    /// <returns>Null: the seller was not reached, and is to be asked again.</returns>
    private async Task<Result<TAnswer>?> CallAsync<TRequest, TAnswer>(string seller, string method, TRequest request, CancellationToken cancellationToken)
        where TAnswer : class
    {
        try
        {
            return (await proxies.Create(new ActorId(seller), AgentActorType.Name).AskAsync<TRequest, TAnswer>(method, request, cancellationToken)).ToResult();
        }
        catch (Exception fault) when (PaymentActors.IsFault(fault))
        {
            return null;
        }
    }
}
