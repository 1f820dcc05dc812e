using AgentMesh.Agents.Audit;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Audit;

namespace AgentMesh.Agents.Tests.Audit;

/// <summary>Audit chains for tests; the page is the worked example of <c>docs/audit.md</c>.</summary>
internal static class SampleAudit
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static readonly TenantId Tenant = TenantId.Parse("acme");

    private static readonly AuditRecord First = new AuditRecord(
        1, Now.AddMilliseconds(-78), "key:acme/aebagbafaydqq", "agent.freeze", "userId=alice", "000102030405060708090a0b0c0d0e0f", null, null, AuditRecord.NoHash, "").Sealed(Tenant);

    private static readonly AuditRecord Second = (First with { Number = 2, At = Now, Intent = 1, Outcome = "200", Previous = First.Hash }).Sealed(Tenant);

    public static AuditPage Page { get; } = new([First, Second]);

    public static AuditBook Book { get; } = new(3, Second.Hash, [new OpenAction(3, Now, new AdminAction("ff", "bootstrap", "api_key.create", "tenant=acme"))]);

    public static AdminAction Action(int n) => new($"r{n}", "user:acme/ops", "agent.freeze", "userId=alice");
}
