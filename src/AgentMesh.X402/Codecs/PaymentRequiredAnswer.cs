using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Codecs;

/// <summary>
/// A 402 that clients of both versions understand: the header <c>PAYMENT-REQUIRED</c> and a JSON body of version 1. Both have to ask for
/// the same; make them from one offer. It is not to be cached (<c>Cache-Control: no-store</c>).
/// </summary>
/// <param name="Header">The text of <c>PAYMENT-REQUIRED</c>; null when version 2 is not spoken.</param>
/// <param name="Body">The body, <c>application/json</c>; <c>{}</c> when version 1 is not spoken.</param>
public sealed record PaymentRequiredAnswer(string? Header, ReadOnlyMemory<byte> Body)
{
    /// <summary>Writes the terms. At least one version has to be there.</summary>
    /// <exception cref="ArgumentException">Nothing is there, or the header would be longer than clients and proxies take.</exception>
    public static PaymentRequiredAnswer Create(PaymentRequiredV2? v2, PaymentRequiredV1? v1)
    {
        if (v2 is null && v1 is null)
            throw new ArgumentException("A 402 needs terms of one version at least.", nameof(v2));
        var header = v2 is null ? null : Base64Json.Encode(v2, WireJson.Wire.PaymentRequiredV2);
        if (header is { Length: > X402Limits.MaxHeaderLength })
            throw new ArgumentException($"The terms take more than {X402Limits.MaxHeaderLength} characters of a header.", nameof(v2));
        return new PaymentRequiredAnswer(header, v1 is null ? "{}"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(v1, WireJson.Wire.PaymentRequiredV1));
    }

    /// <summary>
    /// Reads a 402: the header when there is one, else the body. Refused with <see cref="X402Refusals.InvalidPaymentRequired"/>; a header
    /// that cannot be read is not made up for by the body, which may ask for something else.
    /// </summary>
    public static Result<PaymentRequired> Read(string? header, ReadOnlyMemory<byte> body)
    {
        if (string.IsNullOrEmpty(header))
        {
            var terms = PaymentRequiredReader.Read(WireText.TryParse(body, X402Limits.MaxBodyBytes));
            return terms is { IsRefused: false, Value.X402Version: not X402Version.V1 } ? X402Refusals.Required : terms;
        }

        var ofHeader = PaymentRequiredReader.Read(Base64Json.TryDecode(header));
        return ofHeader is { IsRefused: false, Value.X402Version: not X402Version.V2 } ? X402Refusals.Required : ofHeader;
    }
}
