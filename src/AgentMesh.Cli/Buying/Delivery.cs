using AgentMesh.Cli.Meshes;
using AgentMesh.X402.Exact.Evm.Client;

namespace AgentMesh.Cli.Buying;

/// <summary>Sends a request until there is an answer to its payment: always the same payment, byte for byte.</summary>
/// <param name="http">Pays. It has no time-out of its own, which would end with the headers of an answer.</param>
/// <param name="report">Is told of each try.</param>
/// <param name="patience">How long to ask again, from the first answer that leaves it open.</param>
/// <param name="time">The clock.</param>
internal sealed class Delivery(HttpClient http, PayReport report, TimeSpan patience, TimeProvider time)
{
    /// <summary>Most requests with one payment; each may be sent again when its connection breaks, as <see cref="PaymentHandlerOptions"/> says.</summary>
    private const int MaxSends = 20;

    /// <summary>Of one request with its answer's body; a seller may work for a while before it answers.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Sends. Without a payment there is one request, and whatever it comes to is the answer; with one it is sent again while the answer leaves its
    /// outcome open, and never sooner than the server wants.
    /// </summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="earlier">A payment that was made for it before; null: none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The last answer.</returns>
    public async Task<PayAnswer> SendAsync(PayRequest request, SignedPayment? earlier, CancellationToken cancellationToken)
    {
        var payment = earlier;
        long? openSince = null;
        for (var sends = 1; ; sends++)
        {
            var answer = await TrySendAsync(request, payment, cancellationToken);
            payment ??= answer.Payment;
            if (payment is null || !answer.IsOpen)
                return answer;
            openSince ??= time.GetTimestamp();
            var pause = answer.RetryAfter ?? Retry.PauseAfter(sends);
            if (sends == MaxSends || time.GetElapsedTime(openSince.Value) + pause > patience)
                return answer;
            report.Again(answer, pause);
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async Task<PayAnswer> TrySendAsync(PayRequest request, SignedPayment? payment, CancellationToken cancellationToken)
    {
        using var message = request.ToMessage();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RequestTimeout);
        if (payment is not null)
            message.Options.Set(PaymentHandler.PaymentKey, payment);
        try
        {
            // The headers first: the body may be longer than anybody wants to read.
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var (body, isCutOff) = await AnswerBody.ReadAsync(response.Content, limit.Token);
            return new PayAnswer(
                response.StatusCode, response.ReasonPhrase, response.Content.Headers.ContentType?.MediaType, body, isCutOff, Retry.AfterOf(response, time.GetUtcNow()),
                response.Headers.Location?.ToString(), PaymentHandler.GetOutcome(message));
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            return PayAnswer.None(PaymentHandler.GetOutcome(message));
        }
    }
}
