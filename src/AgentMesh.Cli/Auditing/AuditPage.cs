using AgentMesh.Primitives.Audit;

namespace AgentMesh.Cli.Auditing;

/// <summary>An answer of <c>GET /admin/audit</c>.</summary>
/// <param name="TenantId">Whose chain.</param>
/// <param name="Records">Oldest first.</param>
/// <param name="Head">The end of the chain.</param>
/// <param name="Next">The next <c>after</c>; null: the chain is over.</param>
internal sealed record AuditPage(string TenantId, IReadOnlyList<AuditLine> Records, AuditEnd Head, long? Next = null);

/// <summary>The end of a chain.</summary>
/// <param name="Number">Number of the last record.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record AuditEnd(long Number, string Hash);

/// <summary>A record as it is exported.</summary>
/// <param name="Number">Its place.</param>
/// <param name="At">When it was written, as it stands in what is hashed.</param>
/// <param name="Caller">Who asked.</param>
/// <param name="Action">What for.</param>
/// <param name="Target">What of.</param>
/// <param name="RequestId">The request's id.</param>
/// <param name="Previous">Hash of the record before.</param>
/// <param name="Hash">Hash of this one.</param>
/// <param name="Intent">Of an outcome, the number of its intent.</param>
/// <param name="Outcome">Of an outcome, what came of it.</param>
internal sealed record AuditLine(
    long Number, string At, string Caller, string Action, string Target, string RequestId, string Previous, string Hash, long? Intent = null, string? Outcome = null)
{
    /// <summary>The record; null: its time is not written as it has to be.</summary>
    public AuditRecord? ToRecord() => AuditRecord.TryParseTime(At, out var at)
        ? new AuditRecord(Number, at, Caller, Action, Target, RequestId, Intent, Outcome, Previous, Hash)
        : null;
}
