using System.Text;

namespace AgentMesh.Evm.Eip712;

/// <summary>The struct types of typed data, each with its members read and its type hash.</summary>
internal sealed class StructTypes
{
    private readonly Dictionary<string, StructType> _types = new(StringComparer.Ordinal);

    private StructTypes()
    {
    }

    /// <summary>Reads the types. The problem is one sentence when there is one.</summary>
    public static StructTypes? TryCreate(IReadOnlyDictionary<string, IReadOnlyList<MemberDescription>> types, out string? problem)
    {
        var result = new StructTypes();
        problem = types.Count > TypedDataLimits.MaxTypes
            ? $"There are more than {TypedDataLimits.MaxTypes} types."
            : types.Select(type => result.Add(type.Key, type.Value)).FirstOrDefault(found => found is not null) ?? result.FindUnknown();
        return problem is null ? result : null;
    }

    public bool Contains(string name) => _types.ContainsKey(name);

    public IReadOnlyList<(MemberDescription Description, FieldType Type)> Members(string name) => _types[name].Members;

    /// <summary>EIP-712: the type's own text, then those of all structs it reaches, sorted by name.</summary>
    public string EncodeType(string name)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>([name]);
        while (waiting.TryPop(out var next))
        {
            // A type may reach itself through an array.
            if (!reached.Add(next))
                continue;
            foreach (var (_, type) in _types[next].Members)
            {
                if (type.StructName() is { } other)
                    waiting.Push(other);
            }
        }

        reached.Remove(name);
        return string.Concat(reached.Prepend(name).Select(type => _types[type].Text));
    }

    public Bytes32 TypeHash(string name)
    {
        var type = _types[name];
        return type.Hash ??= Keccak256.CalculateHash(Encoding.ASCII.GetBytes(EncodeType(name)));
    }

    private string? Add(string name, IReadOnlyList<MemberDescription> members)
    {
        if (!FieldType.IsIdentifier(name) || FieldType.Parse(name) is not { Kind: FieldKind.Struct })
            return "The name of a type is no identifier, or is Solidity's own.";
        if (members.Count > TypedDataLimits.MaxMembers)
            return $"The type {name} has more than {TypedDataLimits.MaxMembers} members.";
        var read = new List<(MemberDescription, FieldType)>(members.Count);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            if (!FieldType.IsIdentifier(member.Name) || !names.Add(member.Name))
                return $"A member of the type {name} has a name that is no identifier, or is there twice.";
            if (FieldType.Parse(member.Type) is not { } type)
                return $"The type of {name}.{member.Name} is none of EIP-712.";
            read.Add((member, type));
        }

        _types.Add(name, new StructType(read, $"{name}({string.Join(',', members.Select(member => $"{member.Type} {member.Name}"))})"));
        return null;
    }

    private string? FindUnknown()
    {
        foreach (var (name, type) in _types)
        {
            foreach (var (member, field) in type.Members)
            {
                if (field.StructName() is { } other && !_types.ContainsKey(other))
                    return $"The type of {name}.{member.Name} is not among the types.";
            }
        }

        return null;
    }

    private sealed record StructType(IReadOnlyList<(MemberDescription Description, FieldType Type)> Members, string Text)
    {
        public Bytes32? Hash { get; set; }
    }
}
