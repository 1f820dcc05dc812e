using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Tests.Payments;
using AgentMesh.Agents.Tests.Policies;

namespace AgentMesh.Agents.Tests.Approvals;

/// <summary>Approvals, and payments that need one.</summary>
internal static class SampleApprovals
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    internal static PolicyFacts Payment { get; } = SamplePolicies.Payment("2000000 USDC to ALICE at shop.example");

    internal static ApprovalRequest Request(string paymentId, string url = "https://shop.example/report") =>
        new(paymentId, ApprovalDigest.Of(Payment, "GET", url, []), Payment, url, "The policy's rule ask says ask.");

    /// <summary>One that was asked for, approved a minute later and used a minute after that.</summary>
    internal static Approval Used
    {
        get
        {
            var now = SamplePayments.Now;
            var asked = ApprovalTable.Empty.Ask(Request("p1"), Lifetime, now).Value!;
            var approved = asked.Table.Decide(asked.Approval.Id, true, Lifetime, now.AddMinutes(1)).Value!;
            return approved.Table.Ask(Request("p2"), Lifetime, now.AddMinutes(2)).Value!.Approval;
        }
    }
}
