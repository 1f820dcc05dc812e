using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace AgentMesh.Evm.Abi;

/// <summary>
/// Reads what a contract returned, by the place of each value. The bytes are a stranger's: each read says false where they end too
/// early or are no value of the type. An account without code returns no bytes, so no value is ever read from it.
/// </summary>
public readonly ref struct AbiReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Reads a <c>bytes32</c>.</summary>
    public bool TryReadBytes32(int index, out Bytes32 value)
    {
        var found = TryReadWord(index, out var word);
        value = found ? new Bytes32(word) : default;
        return found;
    }

    /// <summary>Reads a <c>uint256</c>, or a smaller one.</summary>
    public bool TryReadUInt256(int index, out UInt256 value)
    {
        var found = TryReadWord(index, out var word);
        value = found ? new UInt256(word) : default;
        return found;
    }

    /// <summary>Reads a <c>uint8</c>; false above 255.</summary>
    public bool TryReadByte(int index, out byte value)
    {
        var found = TryReadWord(index, out var word) && !word[..^1].ContainsAnyExcept((byte)0);
        value = found ? word[^1] : default;
        return found;
    }

    /// <summary>Reads a <c>bool</c>; false when it is neither 0 nor 1.</summary>
    public bool TryReadBool(int index, out bool value)
    {
        var found = TryReadByte(index, out var number) && number <= 1;
        value = found && number == 1;
        return found;
    }

    /// <summary>Reads an <c>address</c>; false when the 12 bytes before it are not zero.</summary>
    public bool TryReadAddress(int index, out EvmAddress value)
    {
        var found = TryReadWord(index, out var word) && !word[..^EvmAddress.Length].ContainsAnyExcept((byte)0);
        value = found ? new EvmAddress(word[^EvmAddress.Length..]) : default;
        return found;
    }

    /// <summary>Reads <c>bytes</c>. What pads them to whole words may be missing or not zero, as for Solidity itself.</summary>
    public bool TryReadBytes(int index, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadLength(index, 0, out var start) || !TryReadLength(0, start, out var length) || length > _data.Length - start - Bytes32.Length)
            return false;
        value = _data.Slice(start + Bytes32.Length, length);
        return true;
    }

    /// <summary>Reads a <c>string</c>; false when it is no UTF-8. Tokens that return their name as a <c>bytes32</c> have none.</summary>
    public bool TryReadString(int index, [NotNullWhen(true)] out string? value)
    {
        value = TryReadBytes(index, out var bytes) && StrictUtf8.TryGetString(bytes, out var text) ? text : null;
        return value is not null;
    }

    private bool TryReadWord(int index, out ReadOnlySpan<byte> word)
    {
        word = default;
        if (index < 0 || index >= _data.Length / Bytes32.Length)
            return false;
        word = _data.Slice(Bytes32.Length * index, Bytes32.Length);
        return true;
    }

    /// <summary>Reads a word that is an offset or a length, and so at most the number of bytes.</summary>
    private bool TryReadLength(int index, int offset, out int value)
    {
        value = 0;
        if (!new AbiReader(_data[offset..]).TryReadWord(index, out var word) || word[..^sizeof(int)].ContainsAnyExcept((byte)0))
            return false;
        value = BinaryPrimitives.ReadInt32BigEndian(word[^sizeof(int)..]);
        return value >= 0 && value <= _data.Length;
    }
}
