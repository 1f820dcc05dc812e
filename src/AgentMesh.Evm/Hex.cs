using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Evm;

/// <summary>Bytes as the EVM world writes them: <c>0x</c> and two hex digits a byte.</summary>
public static class Hex
{
    private const string Prefix = "0x";

    /// <summary>Writes bytes in lower case.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => string.Concat(Prefix, Convert.ToHexStringLower(bytes));

    /// <summary>Reads exactly as many bytes as the destination holds; false for any other length, a missing <c>0x</c> or a digit that is none.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination) =>
        text.Length == Prefix.Length + 2 * destination.Length
        && text.StartsWith(Prefix, StringComparison.Ordinal)
        && Convert.FromHexString(text[Prefix.Length..], destination, out _, out _) == OperationStatus.Done;

    /// <summary>Reads any number of whole bytes, none (<c>0x</c>) included.</summary>
    public static bool TryDecode(string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length < Prefix.Length || text.Length % 2 != 0)
            return false;
        var read = new byte[(text.Length - Prefix.Length) / 2];
        if (!TryDecode(text, read.AsSpan()))
            return false;
        bytes = read;
        return true;
    }
}
