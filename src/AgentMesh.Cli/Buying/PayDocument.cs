using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Evm;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Buying;

/// <summary>What <c>pay --json</c> prints, one object in one line. The signature is not in it.</summary>
/// <param name="Outcome">A word of <see cref="PayOutcome"/>.</param>
/// <param name="Payer">The buyer's address.</param>
/// <param name="Status">Of the last answer; absent: none came.</param>
/// <param name="Body">JSON as it is, anything else as text.</param>
/// <param name="BodyIsCutOff">The body was longer than is shown.</param>
/// <param name="Payment">What was sent; absent: nothing.</param>
/// <param name="Settlement">The receipt; absent: none came.</param>
/// <param name="Refusal">Why it did not end well.</param>
internal sealed record PayDocument(
    string Outcome,
    string Payer,
    int? Status,
    JsonElement? Body,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool BodyIsCutOff,
    PayDocumentPayment? Payment,
    PayDocumentSettlement? Settlement,
    Refusal? Refusal)
{
    /// <summary>Makes it.</summary>
    public static PayDocument Of(EvmAddress payer, PayVerdict verdict) => new(
        verdict.Outcome.ToString().ToLowerInvariant(),
        payer.ToString(),
        (int?)verdict.Answer.Status,
        BodyOf(verdict.Answer),
        verdict.Answer.IsCutOff,
        PaymentOf(verdict),
        verdict.Answer.Settlement is { } receipt
            ? new PayDocumentSettlement(receipt.Success, receipt.Transaction, receipt.Network, receipt.Payer, receipt.ErrorReason)
            : null,
        verdict.Refusal);

    private static PayDocumentPayment? PaymentOf(PayVerdict verdict)
    {
        if (verdict.Payment is not { } payment)
            return null;
        var authorization = payment.Payment.Authorization;
        var amount = KnownAssets.Find(payment.Payment.Network, payment.Payment.Asset) is { } asset ? DecimalAmount.Format(authorization.Value, asset.Decimals) : null;
        return new PayDocumentPayment(
            payment.Id.ToString(), payment.Payload.X402Version, payment.Payment.Network.ToString(), payment.Payment.Asset.ToString(), authorization.Value.ToString(), amount,
            authorization.To.ToString(), authorization.Nonce.ToString(), payment.ValidBefore.UtcDateTime, verdict.IsExecuted);
    }

    private static JsonElement? BodyOf(PayAnswer answer)
    {
        if (answer.Status is null)
            return null;
        try
        {
            if (!answer.IsCutOff && answer.ContentType is { } type && (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal)))
                return JsonElement.Parse(answer.Body);
        }
        catch (JsonException)
        {
            // Called JSON, and is none: it is shown as the text that it is.
        }

        return JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(answer.Body), CliJson.Wire.String);
    }
}

/// <summary>A payment that was sent.</summary>
internal sealed record PayDocumentPayment(
    string Id, int X402Version, string Network, string Asset, string AmountAtomic, string? Amount, string PayTo, string Nonce, DateTime ValidBefore, bool? IsExecuted);

/// <summary>A receipt.</summary>
internal sealed record PayDocumentSettlement(bool Success, string Transaction, string Network, string? Payer, string? ErrorReason);
