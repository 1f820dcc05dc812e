using System.Collections;

namespace AgentMesh.Evm.Eip712;

/// <summary>Makes the words of EIP-712 from values. The first value that does not fit its type ends it, and <see cref="Problem"/> says where.</summary>
internal sealed class TypedDataEncoder(StructTypes types)
{
    private readonly List<string> _path = [];

    /// <summary>What is wrong, one sentence; null when all went well.</summary>
    public string? Problem { get; private set; }

    /// <summary>hashStruct: the hash of the type hash and a word for each member.</summary>
    public bool TryHashStruct(string name, object? value, Span<byte> destination)
    {
        if (_path.Count > TypedDataLimits.MaxDepth)
            return Refuse("is nested too deep");
        if (value is not IReadOnlyDictionary<string, object?> values)
            return Refuse($"is not an object of the type {name}");
        var members = types.Members(name);
        var words = new byte[Bytes32.Length * (members.Count + 1)];
        types.TypeHash(name).CopyTo(words);
        for (var i = 0; i < members.Count; i++)
        {
            var (member, type) = members[i];
            _path.Add("." + member.Name);
            // A missing member is refused, and so is null, which one wallet hashes as 32 zero bytes and others as nothing.
            if (!values.TryGetValue(member.Name, out var inner) || inner is null)
                return Refuse("is missing");
            if (!TryEncode(type, inner, words.AsSpan(Bytes32.Length * (i + 1), Bytes32.Length)))
                return false;
            _path.RemoveAt(_path.Count - 1);
        }

        // Other libraries leave undeclared members out of the hash; then what was shown is not what was signed.
        if (values.Count > members.Count)
            return Refuse($"has members that the type {name} has not");
        Keccak256.CalculateHash(words, destination);
        return true;
    }

    private bool TryEncode(FieldType type, object value, Span<byte> word) => type.Kind switch
    {
        FieldKind.Struct => TryHashStruct(type.Name!, value, word),
        FieldKind.Array => TryHashArray(type, value, word),
        _ => TypedDataValues.TryEncode(type, value, word) || Refuse($"is not {TypedDataValues.Describe(type)}"),
    };

    /// <summary>EIP-712: an array is the hash of its elements' words, and of the elements of structs these are their hashes.</summary>
    private bool TryHashArray(FieldType type, object value, Span<byte> destination)
    {
        if (_path.Count > TypedDataLimits.MaxDepth)
            return Refuse("is nested too deep");
        if (value is not IList elements)
            return Refuse("is not an array");
        if (type.Size > 0 && elements.Count != type.Size)
            return Refuse($"has not {type.Size} elements");
        var words = new byte[Bytes32.Length * elements.Count];
        for (var i = 0; i < elements.Count; i++)
        {
            _path.Add($"[{i}]");
            if (elements[i] is not { } element)
                return Refuse("is missing");
            if (!TryEncode(type.Element!, element, words.AsSpan(Bytes32.Length * i, Bytes32.Length)))
                return false;
            _path.RemoveAt(_path.Count - 1);
        }

        Keccak256.CalculateHash(words, destination);
        return true;
    }

    private bool Refuse(string what)
    {
        var path = string.Concat(_path).TrimStart('.');
        Problem ??= path.Length == 0 ? $"The value {what}." : $"The member {path} {what}.";
        return false;
    }
}
