using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace AgentMesh.Agents.State;

/// <summary>
/// The current schema version of every stored record and the way there from each older one. To change a record: raise its
/// version, add the upcaster from the version before, add a fixture file of the new version to the tests, delete nothing.
/// </summary>
internal static class StateVersions
{
    internal const int AgentHead = 1;
    internal const int MessagePage = 1;
    internal const int IdempotencyBucket = 1;
    internal const int SessionIndex = 1;
    internal const int SessionRecord = 1;

    /// <summary>Element n-1 makes version n+1 out of version n.</summary>
    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> AgentHeadUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> MessagePageUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> IdempotencyBucketUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionIndexUpcasters = [];

    internal static readonly ImmutableArray<Func<JsonObject, JsonObject>> SessionRecordUpcasters = [];
}
