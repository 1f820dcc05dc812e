using System.Buffers.Binary;
using System.Text;

namespace AgentMesh.Testing.Otlp;

/// <summary>A message of Protocol Buffers by the numbers of its fields, as https://protobuf.dev/programming-guides/encoding/ says: the classes of OTLP are in no package here.</summary>
internal readonly struct ProtoMessage(ReadOnlyMemory<byte> bytes)
{
    /// <summary>The messages of a field, in order.</summary>
    public IEnumerable<ProtoMessage> All(int field) => Fields().Where(one => one.Number == field).Select(one => new ProtoMessage(one.Value));

    /// <summary>The message of a field; an empty one when it is not there.</summary>
    public ProtoMessage One(int field) => new(Last(field));

    public string Text(int field) => Encoding.UTF8.GetString(Last(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Last(field).Span);

    /// <summary>A number, of a field of any type of number; 0 when it is not there.</summary>
    public long Number(int field) => Last(field) is { Length: > 0 } value ? BinaryPrimitives.ReadInt64LittleEndian(value.Span) : 0;

    private ReadOnlyMemory<byte> Last(int field) => Fields().LastOrDefault(one => one.Number == field).Value;

    /// <summary>Numbers are 8 bytes, as if they were fixed.</summary>
    private IEnumerable<(int Number, ReadOnlyMemory<byte> Value)> Fields()
    {
        var left = bytes;
        while (left.Length > 0)
        {
            var tag = Varint(ref left);
            var value = (tag & 7) switch
            {
                0 => Bytes(Varint(ref left)),
                1 => Take(ref left, 8),
                2 => Take(ref left, (int)Varint(ref left)),
                5 => Bytes(BinaryPrimitives.ReadUInt32LittleEndian(Take(ref left, 4).Span)),
                _ => throw new InvalidDataException($"Wire type {tag & 7}."),
            };
            yield return ((int)(tag >> 3), value);
        }
    }

    private static byte[] Bytes(ulong number)
    {
        var value = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, number);
        return value;
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> left, int length)
    {
        var taken = left[..length];
        left = left[length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> left)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref left, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
