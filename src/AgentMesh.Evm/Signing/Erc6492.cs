using System.Diagnostics.CodeAnalysis;
using AgentMesh.Evm.Abi;

namespace AgentMesh.Evm.Signing;

/// <summary>
/// A signature of an account that is not deployed yet (ERC-6492): with it comes the call that would deploy it. Whoever makes that call
/// makes any call that a stranger wants, so only to factories of an own list.
/// </summary>
/// <param name="Factory">Whom to call.</param>
/// <param name="FactoryData">The call data.</param>
/// <param name="Signature">What the account is then asked about (<see cref="Erc1271"/>).</param>
public sealed record Erc6492(EvmAddress Factory, ReadOnlyMemory<byte> FactoryData, ReadOnlyMemory<byte> Signature)
{
    // ERC-6492: 0x6492 sixteen times, behind abi.encode(factory, factoryCalldata, signature).
    private static readonly byte[] Magic = [.. Enumerable.Repeat<byte[]>([0x64, 0x92], 16).SelectMany(pair => pair)];

    /// <summary>Whether the bytes end as such a signature does. It has to be looked at first, before anything else is made of the bytes.</summary>
    public static bool IsWrapped(ReadOnlySpan<byte> signature) => signature.EndsWith(Magic);

    /// <summary>Takes the parts apart; false when the bytes do not end as such a signature, or do not hold what is before the end.</summary>
    public static bool TryRead(ReadOnlySpan<byte> signature, [NotNullWhen(true)] out Erc6492? wrapped)
    {
        wrapped = null;
        if (!IsWrapped(signature))
            return false;
        var reader = new AbiReader(signature[..^Magic.Length]);
        if (!reader.TryReadAddress(0, out var factory) || !reader.TryReadBytes(1, out var data) || !reader.TryReadBytes(2, out var inner))
            return false;
        wrapped = new Erc6492(factory, data.ToArray(), inner.ToArray());
        return true;
    }
}
