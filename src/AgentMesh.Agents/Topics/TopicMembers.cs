using System.Collections.Immutable;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Topics;

/// <summary>The agents that have joined a topic. State key <c>members</c> of the topic's actor; not there while there are none.</summary>
/// <param name="Users">Users of the topic's tenant, by ordinal order.</param>
public sealed record TopicMembers(ImmutableArray<string> Users)
{
    /// <summary>Key of this record.</summary>
    public const string StateKey = "members";

    /// <summary>Nobody.</summary>
    public static TopicMembers Empty { get; } = new([]);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.TopicMembers;

    /// <summary>Whether an agent has joined.</summary>
    public bool Has(UserId user) => PlaceOf(user) >= 0;

    /// <summary>With an agent. A repeat changes nothing, of a full topic too.</summary>
    public Result<TopicMembers> Join(UserId user)
    {
        var place = PlaceOf(user);
        if (place >= 0)
            return this;
        return Users.Length >= TopicLimits.Members ? TopicRefusals.TopicFull : this with { Users = Users.Insert(~place, user.ToString()) };
    }

    /// <summary>Without an agent. A repeat changes nothing.</summary>
    public TopicMembers Leave(UserId user) =>
        PlaceOf(user) is >= 0 and var place ? this with { Users = Users.RemoveAt(place) } : this;

    /// <inheritdoc/>
    public bool Equals(TopicMembers? other) => other is not null && Users.SequenceEqual(other.Users);

    /// <inheritdoc/>
    public override int GetHashCode() => Users.Length;

    private int PlaceOf(UserId user) => Users.BinarySearch(user.ToString(), StringComparer.Ordinal);
}
