using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Tests.Events;
using AgentMesh.Agents.Tests.Payments;
using AgentMesh.Agents.Turns;
using static AgentMesh.Agents.Tests.Approvals.SampleApprovals;

namespace AgentMesh.Agents.Tests.Approvals;

/// <summary>What is stored with a decision on an approval, in one transaction: the approvals and the events.</summary>
public sealed class ApprovalChangesTests
{
    private static readonly DateTimeOffset Now = SamplePayments.Now;

    private static TurnInputs Agent => new(AgentHead.Unborn(Now), null, null);

    [Theory]
    [InlineData(true, "approved")]
    [InlineData(false, "denied")]
    public void Decision_IsStoredWithItsEvent(bool approve, string status)
    {
        var asked = ApprovalTable.Empty.Ask(Request("p1"), Lifetime, Now).Value!;
        var decidedAt = Now.AddMinutes(1);
        var change = ApprovalChanges.Decide(Agent, asked.Table, asked.Approval.Id, approve, Lifetime, 7, decidedAt.AddTicks(1)).Value!;
        Assert.Equal((status, decidedAt), (change.Approval.StateWord, change.Approval.DecidedAt));
        Assert.Equal([change.Approval], change.Agent!.Approvals!.All);
        Assert.Equal((7, decidedAt), (change.Agent.Head.Epoch, change.Agent.Head.LastActive));
        var data = $$"""{"approval":"{{asked.Approval.Id}}","status":"{{status}}"}""";
        Assert.Equal([new FactEntry(SessionNames.Default, decidedAt, FactTypes.Approval, data)], StoredFacts.Of(Agent.Head, change.Agent));
    }

    [Fact]
    public void Decision_IsStoredWithTheApprovalsThatHaveExpiredSince()
    {
        var first = ApprovalTable.Empty.Ask(Request("p1", "https://shop.example/1"), Lifetime, Now).Value!;
        var second = first.Table.Ask(Request("p2", "https://shop.example/2"), Lifetime, Now.AddMinutes(30)).Value!;
        var change = ApprovalChanges.Decide(Agent, second.Table, second.Approval.Id, true, Lifetime, 7, Now + Lifetime).Value!;
        Assert.Equal([ApprovalState.Expired, ApprovalState.Approved], change.Agent!.Approvals!.All.Select(approval => approval.State));
        Assert.Equal(
            [$$"""{"approval":"{{first.Approval.Id}}","status":"expired"}""", $$"""{"approval":"{{second.Approval.Id}}","status":"approved"}"""],
            StoredFacts.Of(Agent.Head, change.Agent).Select(fact => fact.Data));
    }

    [Fact]
    public void SameDecisionAgain_StoresNothing()
    {
        var asked = ApprovalTable.Empty.Ask(Request("p1"), Lifetime, Now).Value!;
        var decided = ApprovalChanges.Decide(Agent, asked.Table, asked.Approval.Id, true, Lifetime, 7, Now).Value!;
        var again = ApprovalChanges.Decide(Agent, decided.Agent!.Approvals!, asked.Approval.Id, true, Lifetime, 7, Now.AddMinutes(1)).Value!;
        Assert.Equal((decided.Approval, null), (again.Approval, again.Agent));
    }

    [Theory]
    [InlineData(false, "approval_not_found")]
    [InlineData(true, "agent_erasing")]
    public void Decision_OnWhatIsNotThere_OrForAnAgentThatIsErased_IsRefused(bool isErasing, string code)
    {
        var agent = Agent with { Head = Agent.Head with { IsErasing = isErasing } };
        Assert.Equal(code, ApprovalChanges.Decide(agent, ApprovalTable.Empty, "nobody", true, Lifetime, 7, Now).Refusal?.Code);
    }
}
