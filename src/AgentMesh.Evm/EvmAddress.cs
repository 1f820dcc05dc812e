using System.Buffers.Binary;
using System.Text;

namespace AgentMesh.Evm;

/// <summary>The 20 bytes of an account or contract. Compared as bytes; written with the checksum of EIP-55.</summary>
public readonly record struct EvmAddress
{
    /// <summary>The number of bytes.</summary>
    public const int Length = 20;

    private const int TextLength = 2 + 2 * Length;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly uint _third;

    /// <summary>Copies the bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 20.</exception>
    public EvmAddress(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException("20 bytes are needed.", nameof(bytes));
        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The zero address: of nobody, and in events the other side of a mint or a burn.</summary>
    public static EvmAddress Zero { get; }

    /// <summary>Reads <c>0x</c> and 40 hex digits of any case. The checksum is not looked at.</summary>
    public static bool TryParse(string? text, out EvmAddress address)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var valid = Hex.TryDecode(text, bytes);
        address = valid ? new EvmAddress(bytes) : default;
        return valid;
    }

    /// <summary>
    /// Reads <c>0x</c> and 40 hex digits. Mixed case is a checksum and has to be the right one; all lower and all upper case carry none
    /// (EIP-55). For what a person typed or a stranger wants paid.
    /// </summary>
    public static bool TryParseChecked(string? text, out EvmAddress address)
    {
        if (!TryParse(text, out address))
            return false;
        var digits = text.AsSpan(2);
        if (!digits.ContainsAnyInRange('a', 'f') || !digits.ContainsAnyInRange('A', 'F') || address.ToString() == text)
            return true;
        address = default;
        return false;
    }

    /// <summary>Reads <c>0x</c> and 40 hex digits of any case. The checksum is not looked at.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static EvmAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException("An address is 0x and 40 hex digits.");

    /// <summary>The address that a public key owns: the last 20 bytes of the hash of its 64 bytes X and Y.</summary>
    internal static EvmAddress FromPublicKey(ReadOnlySpan<byte> xy)
    {
        Span<byte> hash = stackalloc byte[Bytes32.Length];
        Keccak256.CalculateHash(xy, hash);
        return new EvmAddress(hash[^Length..]);
    }

    /// <summary>Writes the 20 bytes to the front of the destination.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _third);
    }

    /// <summary>The text with the checksum of EIP-55.</summary>
    public override string ToString() => string.Create(TextLength, this, static (text, address) =>
    {
        Span<byte> bytes = stackalloc byte[Length];
        address.CopyTo(bytes);
        "0x".CopyTo(text);
        Convert.TryToHexStringLower(bytes, text[2..], out _);
        // EIP-55: a letter is upper case where the hash of the lower case digits has a nibble of 8 or more.
        Span<byte> digits = stackalloc byte[2 * Length];
        Encoding.ASCII.GetBytes(text[2..], digits);
        Span<byte> hash = stackalloc byte[Bytes32.Length];
        Keccak256.CalculateHash(digits, hash);
        for (var i = 0; i < digits.Length; i++)
        {
            var nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xf;
            if (nibble >= 8)
                text[2 + i] = char.ToUpperInvariant(text[2 + i]);
        }
    });

    /// <summary>Writes the address as a word: 12 zero bytes before its 20.</summary>
    internal void WriteWord(Span<byte> word)
    {
        word[..(Bytes32.Length - Length)].Clear();
        CopyTo(word[(Bytes32.Length - Length)..]);
    }
}
