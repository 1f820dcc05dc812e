using System.Security.Cryptography;
using System.Text.Json;
using AgentMesh.Evm.Signing;
using AgentMesh.Primitives;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>A key and a policy. It keeps no books: each payment is judged alone. For tools and tests; the key stays its owner's to dispose.</summary>
/// <param name="key">Whose money it is.</param>
/// <param name="policy">What may be signed.</param>
/// <param name="random">Makes nonces and identifiers.</param>
/// <param name="time">Tells the time that signatures are valid from.</param>
public sealed class KeyWallet(EvmKey key, PaymentPolicy policy, RandomNumberGenerator random, TimeProvider time) : IPaymentWallet
{
    private const int IdentifierBytes = 16;

    /// <inheritdoc/>
    public ValueTask<Result<SignedPayment>> PayAsync(PaymentRequired required, Uri uri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(required);
        var choice = PaymentChooser.Choose(required, policy);
        return ValueTask.FromResult(choice.IsRefused
            ? choice.Refusal
            : PaymentSigner.Sign(required, choice.Value, key, random, time.GetUtcNow(), Identify(required)));
    }

    private JsonElement? Identify(PaymentRequired required)
    {
        if (required is not PaymentRequiredV2 v2 || !PaymentIdentifier.IsOffered(v2.Extensions))
            return null;
        Span<byte> id = stackalloc byte[IdentifierBytes];
        random.GetBytes(id);
        return PaymentIdentifier.AddTo(v2.Extensions, $"pay_{Convert.ToHexStringLower(id)}");
    }
}
