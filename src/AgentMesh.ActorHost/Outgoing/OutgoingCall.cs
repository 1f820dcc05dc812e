using AgentMesh.ServiceDefaults.Outgoing;
using AgentMesh.X402.Codecs;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>A call to be made.</summary>
/// <param name="Url">Of <see cref="OutgoingRules.Read"/>, or where a redirect leads.</param>
/// <param name="Method">The method, as it goes out.</param>
/// <param name="Body">The body; null: none.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="IdempotencyKey">Goes with methods that may change something, the same in each repeat; null: none.</param>
/// <param name="Payment">A payment that goes with it. Redirects are not followed then: they would carry it to somebody else.</param>
internal sealed record OutgoingCall(Uri Url, string Method, ReadOnlyMemory<byte>? Body, string? ContentType, string? IdempotencyKey = null, PaymentHeader? Payment = null)
{
    /// <summary>The same without the payment, which is money until it is settled.</summary>
    public override string ToString() => $"{Method} call";
}

/// <summary>A payment as a header.</summary>
/// <param name="Name">One of <see cref="PaymentHeaderNames"/>.</param>
/// <param name="Value">Its text.</param>
internal sealed record PaymentHeader(string Name, string Value)
{
    /// <summary>The name, never the payment.</summary>
    public override string ToString() => Name;
}

/// <summary>What came back.</summary>
/// <param name="Url">Where it came from: the last of the redirects.</param>
/// <param name="Method">The method that it answers: a redirect may have made it GET.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">As it was sent; null: none.</param>
/// <param name="Body">All of it.</param>
/// <param name="PaymentRequired">The header of that name; null: none.</param>
/// <param name="Receipt">The header of a receipt, of either version; null: none.</param>
/// <param name="RetryAfter">When to come again, as far as it was said in seconds.</param>
internal sealed record OutgoingAnswer(
    Uri Url, string Method, int Status, string? ContentType, ReadOnlyMemory<byte> Body, string? PaymentRequired, string? Receipt, TimeSpan? RetryAfter);
