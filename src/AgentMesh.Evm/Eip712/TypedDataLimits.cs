namespace AgentMesh.Evm.Eip712;

/// <summary>How large typed data may be. It comes from strangers, and wallets show it to people: none of it is ever near these.</summary>
public static class TypedDataLimits
{
    /// <summary>Struct types.</summary>
    public const int MaxTypes = 64;

    /// <summary>Members of one struct type.</summary>
    public const int MaxMembers = 128;

    /// <summary>Characters of a name or type of a member, or of a struct type.</summary>
    public const int MaxNameLength = 128;

    /// <summary>Structs and arrays within each other.</summary>
    public const int MaxDepth = 32;

    /// <summary>Characters of the JSON form.</summary>
    public const int MaxJsonLength = 256 * 1024;
}
