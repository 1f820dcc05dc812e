using System.Globalization;
using System.Security.Cryptography;
using AgentMesh.ActorHost.Outgoing;
using AgentMesh.Agents.Purchases;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Outgoing;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>Something to be bought, as it was understood.</summary>
/// <param name="Request">What is stored of it.</param>
/// <param name="Body">What is sent; null: nothing.</param>
internal sealed record PurchaseOrder(PurchaseRequest Request, PurchaseBody? Body)
{
    private const int MaxContentTypeLength = 256;

    private const string Erc20 = "/erc20:";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>Reads an order; refused with <see cref="PurchaseCodes.UrlNotAllowed"/> or <see cref="PaymentRefusals.InvalidPurchase"/>.</summary>
    /// <param name="order">A user's or a model's.</param>
    /// <param name="rules">What may be called.</param>
    /// <param name="own">What is paid with when the order does not say.</param>
    public static Result<PurchaseOrder> Read(BeginPurchase order, OutgoingRules rules, TokenAsset? own)
    {
        var url = rules.Read(order.Url);
        if (url.IsRefused)
            return url.Refusal;
        if (!Methods.Contains(order.Method, StringComparer.Ordinal))
            return Invalid($"method must be one of {string.Join(", ", Methods)}.");
        if (order.ContentType is { } type && (type.Length is 0 or > MaxContentTypeLength || type.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            return Invalid($"contentType must be 1-{MaxContentTypeLength} visible ASCII characters.");
        if (!UInt128.TryParse(order.MaxAmount, NumberStyles.None, CultureInfo.InvariantCulture, out var most))
            return Invalid("maxAmount must be atomic units of the asset, in decimal digits.");
        if ((order.Asset is null ? own : KnownAssets.Find(order.Asset)) is not { } asset)
            return Invalid($"asset must be one of {string.Join(", ", KnownAssets.All.Select(NameOf))}.");
        var body = Array.Empty<byte>();
        if (order.Body is { } text && !TryDecode(text, out body))
            return Invalid($"body must be at most {OutgoingOptions.MaxRequestBytes} bytes.");
        if (order.Body is not null && order.Method is "GET" or "HEAD")
            return Invalid($"A {order.Method} has no body.");
        return new PurchaseOrder(
            new PurchaseRequest(
                order.RequestId, order.IdempotencyKey is not null, order.Url, order.Method, order.ContentType,
                order.Body is null ? null : Convert.ToHexStringLower(SHA256.HashData(body)), most.ToString(CultureInfo.InvariantCulture), NameOf(asset),
                order.SessionId, order.Tool, order.TurnId),
            order.Body is null ? null : new PurchaseBody(body));
    }

    /// <summary>CAIP-19, as budgets and policies have it.</summary>
    internal static string NameOf(TokenAsset asset) => $"{asset.Network}{Erc20}{asset.Address.ToString().ToLowerInvariant()}";

    private static bool TryDecode(string base64, out byte[] bytes)
    {
        bytes = new byte[base64.Length / 4 * 3];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length > OutgoingOptions.MaxRequestBytes)
            return false;
        bytes = bytes[..length];
        return true;
    }

    private static Refusal Invalid(string detail) => new(PaymentRefusals.InvalidPurchase, detail);
}
