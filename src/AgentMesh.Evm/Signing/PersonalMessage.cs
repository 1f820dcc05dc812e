using System.Globalization;
using System.Text;

namespace AgentMesh.Evm.Signing;

/// <summary>What <c>personal_sign</c> signs (EIP-191, version 0x45): a text that can never be a transaction or typed data.</summary>
public static class PersonalMessage
{
    private const string Prefix = "\u0019Ethereum Signed Message:\n";

    /// <summary>The hash of a text, as UTF-8.</summary>
    /// <exception cref="EncoderFallbackException">The text has half of a surrogate pair, which has no UTF-8.</exception>
    public static Bytes32 CalculateHash(string text) => CalculateHash(StrictUtf8.GetBytes(text));

    /// <summary>The hash of bytes.</summary>
    public static Bytes32 CalculateHash(ReadOnlySpan<byte> message)
    {
        var prefix = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{message.Length}"));
        var signed = new byte[prefix.Length + message.Length];
        prefix.CopyTo(signed, 0);
        message.CopyTo(signed.AsSpan(prefix.Length));
        return Keccak256.CalculateHash(signed);
    }
}
