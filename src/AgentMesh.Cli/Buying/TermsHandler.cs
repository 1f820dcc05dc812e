using System.Net;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.Cli.Buying;

/// <summary>
/// Below the handler that pays: reads the terms of a 402 in both versions, to be shown. The handler that pays looks at the one it pays by, and gets
/// the answer as it came, cut off where no terms are that long.
/// </summary>
/// <param name="report">Is told of terms that come before a payment; those that come after one say why it was not taken.</param>
internal sealed class TermsHandler(PayReport report) : DelegatingHandler
{
    /// <summary>The terms of the last 402, version 2 first; empty when there was none that can be read.</summary>
    public IReadOnlyList<PaymentRequired> Terms { get; private set; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.PaymentRequired)
            return response;
        var (body, _) = await AnswerBody.ReadAsync(response.Content, cancellationToken);
        var copy = new ByteArrayContent(body);
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            if (!name.StartsWith("Content-Length", StringComparison.OrdinalIgnoreCase))
                copy.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content.Dispose();
        response.Content = copy;
        var header = response.Headers.NonValidated.TryGetValues(PaymentHeaderNames.PaymentRequired, out var texts) ? string.Join(',', texts) : null;
        Terms = [.. Read(header, default), .. Read(null, body)];
        if (!request.Headers.Contains(PaymentHeaderNames.PaymentSignature) && !request.Headers.Contains(PaymentHeaderNames.XPayment))
            report.Asked(Terms);
        return response;
    }

    private static PaymentRequired[] Read(string? header, ReadOnlyMemory<byte> body) =>
        header is null && body.IsEmpty ? [] : PaymentRequiredAnswer.Read(header, body) is { IsRefused: false, Value: { } terms } ? [terms] : [];
}
