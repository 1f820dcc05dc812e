using System.Text.Json.Nodes;

namespace AgentMesh.Gateway.OpenApi;

/// <summary>What the members of a body may be. A test has every member of the record said here, and no other.</summary>
/// <param name="type">The record.</param>
/// <param name="isOptional">The body may be left out.</param>
internal sealed class BodyMembers(Type type, bool isOptional)
{
    private readonly List<Member> _members = [];

    /// <summary>A member.</summary>
    /// <param name="Name">Its name in the JSON.</param>
    /// <param name="Schema">What it may be, null aside.</param>
    /// <param name="IsRequired">It may not be left out, and not be null.</param>
    internal sealed record Member(string Name, JsonObject Schema, bool IsRequired);

    public Type Type { get; } = type;

    public bool IsOptional { get; } = isOptional;

    public IReadOnlyList<Member> All => _members;

    /// <summary>The schema of a body that is no record, but any JSON, or JSON of another's form.</summary>
    public JsonObject? Whole { get; private set; }

    /// <summary>A member that has to be there.</summary>
    public BodyMembers Required(string name, JsonObject schema) => Add(new Member(name, schema, IsRequired: true));

    /// <summary>A member that may be left out, or null.</summary>
    public BodyMembers Optional(string name, JsonObject schema) => Add(new Member(name, schema, IsRequired: false));

    /// <summary>A body that is no record.</summary>
    public void Is(JsonObject schema) => Whole = schema;

    private BodyMembers Add(Member member)
    {
        _members.Add(member);
        return this;
    }
}
