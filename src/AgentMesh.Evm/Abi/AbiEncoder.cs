using System.Buffers.Binary;
using System.Text;

namespace AgentMesh.Evm.Abi;

/// <summary>
/// Arguments of a call, as the ABI specification of Solidity writes them: a word each, and for what has a length the place of its bytes
/// behind the words. Arrays and tuples are left out, because nothing here calls with them.
/// </summary>
public sealed class AbiEncoder
{
    /// <summary>The bytes of a selector.</summary>
    public const int SelectorLength = 4;

    // A static value is its word; a dynamic one has none until the words are counted.
    private readonly List<(Bytes32 Word, byte[]? Dynamic)> _values = [];

    /// <summary>The first 4 bytes of the hash of a function's signature, <c>transfer(address,uint256)</c>.</summary>
    public static byte[] Selector(string signature) => Keccak256.CalculateHash(Encoding.ASCII.GetBytes(signature)).ToArray()[..SelectorLength];

    /// <summary>The hash of an event's signature, its first topic.</summary>
    public static Bytes32 Topic(string signature) => Keccak256.CalculateHash(Encoding.ASCII.GetBytes(signature));

    /// <summary>Adds a <c>uint256</c>, or a smaller one: the word is the same.</summary>
    public AbiEncoder Add(UInt256 value)
    {
        Span<byte> word = stackalloc byte[Bytes32.Length];
        value.CopyTo(word);
        return Add(new Bytes32(word));
    }

    /// <summary>Adds an <c>address</c>.</summary>
    public AbiEncoder Add(EvmAddress value)
    {
        Span<byte> word = stackalloc byte[Bytes32.Length];
        value.WriteWord(word);
        return Add(new Bytes32(word));
    }

    /// <summary>Adds a <c>bool</c>.</summary>
    public AbiEncoder Add(bool value) => Add((UInt256)(value ? 1UL : 0UL));

    /// <summary>Adds a <c>bytes32</c>.</summary>
    public AbiEncoder Add(Bytes32 value)
    {
        _values.Add((value, null));
        return this;
    }

    /// <summary>Adds <c>bytes</c>.</summary>
    public AbiEncoder AddBytes(ReadOnlySpan<byte> value)
    {
        _values.Add((default, value.ToArray()));
        return this;
    }

    /// <summary>Adds a <c>string</c>.</summary>
    /// <exception cref="EncoderFallbackException">The text has half of a surrogate pair, which has no UTF-8.</exception>
    public AbiEncoder AddString(string value) => AddBytes(StrictUtf8.GetBytes(value));

    /// <summary>The arguments alone.</summary>
    public byte[] ToArray() => ToCall([]);

    /// <summary>The call data: the selector, then the arguments.</summary>
    public byte[] ToCall(ReadOnlySpan<byte> selector)
    {
        var data = new byte[selector.Length + _values.Sum(value => Bytes32.Length + (value.Dynamic is null ? 0 : Bytes32.Length + Padded(value.Dynamic.Length)))];
        selector.CopyTo(data);
        var arguments = data.AsSpan(selector.Length);
        var head = arguments;
        var end = Bytes32.Length * _values.Count;
        foreach (var (word, dynamic) in _values)
        {
            if (dynamic is null)
            {
                word.CopyTo(head);
            }
            else
            {
                WriteLength(head, end);
                WriteLength(arguments[end..], dynamic.Length);
                dynamic.CopyTo(arguments[(end + Bytes32.Length)..]);
                end += Bytes32.Length + Padded(dynamic.Length);
            }

            head = head[Bytes32.Length..];
        }

        return data;
    }

    private static int Padded(int length) => (length + Bytes32.Length - 1) / Bytes32.Length * Bytes32.Length;

    private static void WriteLength(Span<byte> word, int value) => BinaryPrimitives.WriteInt32BigEndian(word[(Bytes32.Length - sizeof(int))..], value);
}
