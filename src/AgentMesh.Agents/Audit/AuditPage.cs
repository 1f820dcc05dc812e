using System.Collections.Immutable;
using AgentMesh.Agents.State;
using AgentMesh.Primitives.Audit;

namespace AgentMesh.Agents.Audit;

/// <summary>Records of an audit chain that are stored together. State key <c>audit:{n}</c>: those with the numbers 32n+1 to 32n+32; only the last page grows.</summary>
/// <param name="Records">In order.</param>
public sealed record AuditPage(ImmutableArray<AuditRecord> Records)
{
    /// <summary>Without records.</summary>
    public static AuditPage Empty { get; } = new([]);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.AuditPage;

    /// <summary>The page on which a record is.</summary>
    public static long Of(long number) => (number - 1) / AuditLimits.PageRecords;

    /// <inheritdoc/>
    public bool Equals(AuditPage? other) => other is not null && Records.SequenceEqual(other.Records);

    /// <inheritdoc/>
    public override int GetHashCode() => Records.Length;
}
