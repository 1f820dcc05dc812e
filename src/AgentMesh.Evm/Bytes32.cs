using System.Buffers.Binary;

namespace AgentMesh.Evm;

/// <summary>32 bytes: a hash, a nonce, a topic, a word. Compared as bytes, so the case of the hex text does not matter.</summary>
public readonly record struct Bytes32
{
    /// <summary>The number of bytes.</summary>
    public const int Length = 32;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    /// <summary>Copies the bytes.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32.</exception>
    public Bytes32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException("32 bytes are needed.", nameof(bytes));
        _first = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _second = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Reads <c>0x</c> and 64 hex digits of any case.</summary>
    public static bool TryParse(string? text, out Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var valid = Hex.TryDecode(text, bytes);
        value = valid ? new Bytes32(bytes) : default;
        return valid;
    }

    /// <summary>Reads <c>0x</c> and 64 hex digits of any case.</summary>
    /// <exception cref="FormatException">The text is anything else.</exception>
    public static Bytes32 Parse(string text) =>
        TryParse(text, out var value) ? value : throw new FormatException("32 bytes are 0x and 64 hex digits.");

    /// <summary>Writes the 32 bytes to the front of the destination.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _fourth);
    }

    /// <summary>The bytes as an array of their own.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary><c>0x</c> and 64 lower case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Hex.Encode(bytes);
    }
}
