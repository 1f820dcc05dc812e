using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Agents.Approvals;
using AgentMesh.Agents.Policies;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;
using Microsoft.Extensions.Time.Testing;
using CoreReasons = AgentMesh.Agents.Policies.PolicyReasons;
using CoreRefusals = AgentMesh.Agents.Policies.PolicyRefusals;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Policies and approvals over HTTP, with the state that they are kept in.</summary>
public sealed class AgentPoliciesTests
{
    private const string Alice = "default:alice";
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";
    private const string Shop = "0xa11ce00000000000000000000000000000000000";
    private const string DenyAll = """{"version":1,"rules":[],"default":"deny"}""";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Theory]
    [InlineData("1000000", "allow")]
    [InlineData("1000001", "ask")]
    [InlineData("50000000", "ask")]
    [InlineData("50000001", "deny")]
    public async Task Default_AllowsADollarAndAsksUpToFifty(string amount, string effect)
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal(effect, (await EvaluateAsync(host, amount)).Value!.Effect);
        Assert.Equal("deny", (await EvaluateAsync(host, amount, asset: Usdc.Replace("84532", "8453", StringComparison.Ordinal))).Value!.Effect);
        Assert.Equal("allow", (await EvaluateAsync(host, amount, direction: "in")).Value!.Effect);
        // Asking makes no agent.
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task Default_IsConfigured()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Policy:AllowAtMost", "0"), ("AgentMesh:Policy:AskAtMost", "0.5"));
        Assert.Equal(("allow", "ask", "ask", "deny"), (await EffectAsync("0"), await EffectAsync("1"), await EffectAsync("500000"), await EffectAsync("500001")));

        async Task<string> EffectAsync(string amount) => (await EvaluateAsync(host, amount)).Value!.Effect;
    }

    [Fact]
    public async Task Default_MayBeADocument()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Policy:Document", DenyAll));
        Assert.Equal(new AgentPolicy(DenyAll, true, null), (await PolicyAsync(host)).Value);
    }

    [Theory]
    [InlineData("AgentMesh:Policy:Document", "{}")]
    [InlineData("AgentMesh:Policy:AllowAtMost", "50.000001")]
    [InlineData("AgentMesh:Policy:AllowAtMost", "-1")]
    [InlineData("AgentMesh:Policy:AskAtMost", "1e3")]
    [InlineData("AgentMesh:Policy:ApprovalSeconds", "59")]
    [InlineData("AgentMesh:Payments:Asset", "0xa11ce00000000000000000000000000000000000")]
    public async Task Settings_ThatMakeNoPolicy_EndTheApp(string name, string value) =>
        await Assert.ThrowsAnyAsync<Exception>(async () => await HostUnderTest.StartAsync((name, value)));

    [Fact]
    public async Task Policy_IsSet_IsKept_AndTakenAway()
    {
        await using var host = await HostUnderTest.StartAsync(new FakeTimeProvider(Now));
        Assert.True((await SetAsync(host, null)).Value!.IsDefault);
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Equal(new AgentPolicy(DenyAll, false, Now), (await SetAsync(host, """{ "rules": [], "version": 1 }""")).Value);
        await host.DeactivateAsync(Alice);
        Assert.Equal(new AgentPolicy(DenyAll, false, Now), (await PolicyAsync(host)).Value);
        Assert.Equal("deny", (await EvaluateAsync(host, "1")).Value!.Effect);
        // A repeat is none.
        await SetAsync(host, DenyAll);
        Assert.True((await SetAsync(host, null)).Value!.IsDefault);
        Assert.DoesNotContain("policy", host.State.KeysOf(Alice));
        await SetAsync(host, null);
        Assert.Equal("allow", (await EvaluateAsync(host, "1")).Value!.Effect);
        Assert.Equal(["""{"status":"set"}""", """{"status":"reset"}"""], (await host.EventsAsync(Alice)).Value!.Events.Select(one => one.Data.Json));
    }

    [Fact]
    public async Task Policy_ThatIsNone_IsRefusedByPlace_AndChangesNothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        await SetAsync(host, DenyAll);
        var reply = await SetAsync(host, """{"version":1,"rules":[{"id":"a","effect":"maybe"}],"x":1}""");
        Assert.Equal(("invalid_policy", "The policy's /rules/0/effect must be allow, ask or deny."), (reply.Refusal!.Code, reply.Refusal.Detail));
        Assert.Equal(["/rules/0/effect", "/x"], reply.Errors!.Keys);
        Assert.Equal(DenyAll, (await PolicyAsync(host)).Value!.Document);
    }

    [Fact]
    public async Task Policy_ThatIsDamaged_IsNotReplacedByAnother()
    {
        await using var host = await HostUnderTest.StartAsync();
        await SetAsync(host, DenyAll);
        await host.DeactivateAsync(Alice);
        host.State[Alice, "policy"] = host.State[Alice, "policy"]!.Replace("rules", "rulez", StringComparison.Ordinal);
        Assert.Equal("agent_quarantined", (await EvaluateAsync(host, "1")).Refusal!.Code);
        // Messages are none of its business.
        Assert.Null((await host.PostAsync(Alice, "hello", "r1")).Refusal);
        Assert.Null((await SetAsync(host, DenyAll)).Refusal?.Code);
        Assert.Equal("deny", (await EvaluateAsync(host, "1")).Value!.Effect);
    }

    [Theory]
    [InlineData("both", "1")]
    [InlineData("out", "1.5")]
    [InlineData("out", "-1")]
    public async Task Evaluate_OfNoPayment_IsRefused(string direction, string amount)
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal("invalid_request", (await EvaluateAsync(host, amount, direction)).Refusal!.Code);
    }

    [Fact]
    public async Task Approval_IsDecidedOnce_AndKept()
    {
        await using var host = await HostUnderTest.StartAsync(new FakeTimeProvider(Now));
        var id = await OpenAsync(host);
        Assert.Equal(["pending"], (await ListAsync(host, null)).Value!.Approvals.Select(approval => approval.State));
        Assert.Empty((await ListAsync(host, "approved")).Value!.Approvals);
        var decided = (await DecideAsync(host, id, true)).Value!;
        Assert.Equal(("approved", Now, Now.AddHours(1)), (decided.State, decided.DecidedAt, decided.ExpiresAt));
        await host.DeactivateAsync(Alice);
        Assert.Equal(decided, (await ApprovalAsync(host, id)).Value);
        Assert.Equal(decided, (await DecideAsync(host, id, true)).Value);
        Assert.Equal("approval_decided", (await DecideAsync(host, id, false)).Refusal!.Code);
        Assert.Single((await ListAsync(host, "approved")).Value!.Approvals);
        Assert.Equal([$$"""{"approval":"{{id}}","status":"approved"}"""], (await host.EventsAsync(Alice, 2)).Value!.Events.Select(one => one.Data.Json));
    }

    [Theory]
    [InlineData(nameof(FailedPut.BeforeStoring))]
    [InlineData(nameof(FailedPut.AfterStoring))]
    public async Task Approval_WhoseAnswerIsLost_IsDecidedOnce(string failure)
    {
        await using var host = await HostUnderTest.StartAsync(new FakeTimeProvider(Now));
        var id = await OpenAsync(host);
        host.State.FailNextPut = Enum.Parse<FailedPut>(failure);
        using (var failed = await host.SendAsync(Alice, nameof(IAgentPolicies.DecideApproval), JsonContent.Create(new DecideApproval(id, true), ContractsJson.Default.DecideApproval)))
            Assert.False(failed.IsSuccessStatusCode);
        Assert.Equal("approved", (await DecideAsync(host, id, true)).Value!.State);
        Assert.Equal(3, (await host.EventsAsync(Alice)).Value!.Last);
    }

    [Fact]
    public async Task Approval_ExpiresWithoutAnybodyAsking()
    {
        var time = new FakeTimeProvider(Now);
        await using var host = await HostUnderTest.StartAsync(time, ("AgentMesh:Actors:HeadTrustSeconds", "86400"));
        var id = await OpenAsync(host);
        time.SetUtcNow(Now.AddHours(1));
        Assert.Equal("expired", (await ApprovalAsync(host, id)).Value!.State);
        Assert.Equal("approval_decided", (await DecideAsync(host, id, true)).Refusal!.Code);
    }

    [Fact]
    public async Task Approval_ThatIsNone_Is404()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal("approval_not_found", (await ApprovalAsync(host, "nobody")).Refusal!.Code);
        Assert.Equal("approval_not_found", (await DecideAsync(host, "nobody", true)).Refusal!.Code);
        Assert.Empty(host.State.KeysOf(Alice));
    }

    [Fact]
    public async Task Erasure_TakesApprovalsAndLeavesThePolicy()
    {
        await using var host = await HostUnderTest.StartAsync(new FakeTimeProvider(Now));
        await SetAsync(host, DenyAll);
        await OpenAsync(host);
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            continue;
        Assert.Equal(["policy"], host.State.KeysOf(Alice));
    }

    [Fact]
    public void Codes_AreThoseOfTheContract()
    {
        var approval = Sample().All[0];
        Assert.Equal(Contracts.Agents.PolicyRefusals.InvalidPolicy, SpendingPolicy.Parse("").Refusal!.Code);
        Assert.Equal(Contracts.Agents.PolicyRefusals.PolicyDenied, CoreRefusals.PolicyDenied(default).Code);
        Assert.Equal(Contracts.Agents.PolicyRefusals.PolicyDenied, ApprovalRefusals.Denied(approval).Code);
        Assert.Equal(Contracts.Agents.PolicyRefusals.TooManyApprovals, ApprovalRefusals.TooManyApprovals.Code);
        Assert.Equal(Contracts.Agents.PolicyRefusals.ApprovalRequired, ApprovalRefusals.ApprovalRequired(approval).Code);
        Assert.Equal(Contracts.Agents.PolicyRefusals.ApprovalNotFound, ApprovalRefusals.ApprovalNotFound.Code);
        Assert.Equal(Contracts.Agents.PolicyRefusals.ApprovalDecided, ApprovalRefusals.ApprovalDecided(approval).Code);
        Assert.Equal(ApprovalStates.All, Enum.GetValues<ApprovalState>().Select(state => (approval with { State = state }).StateWord));
        Assert.Equal(
            [PolicyEffects.Allow, PolicyEffects.Ask, PolicyEffects.Deny],
            Enum.GetValues<PolicyEffect>().Select(effect => new PolicyVerdict(effect, null, Contracts.Agents.PolicyReasons.Default).EffectWord));
        Assert.Equal(
            (Contracts.Agents.PolicyReasons.InvalidPayment, Contracts.Agents.PolicyReasons.Rule, Contracts.Agents.PolicyReasons.AssetNotListed, Contracts.Agents.PolicyReasons.Default),
            (CoreReasons.InvalidPayment, CoreReasons.Rule, CoreReasons.AssetNotListed, CoreReasons.Default));
    }

    private static ApprovalTable Sample()
    {
        var payment = PolicyFacts.Create(AgentMesh.Agents.Payments.PaymentDirection.Out, Shop, "shop.example", Usdc, "2000000")!;
        var request = new ApprovalRequest("p1", ApprovalDigest.Of(payment, "GET", "https://shop.example/", []), payment, "https://shop.example/", "Because.");
        return ApprovalTable.Empty.Ask(request, TimeSpan.FromHours(1), Now).Value!.Table;
    }

    /// <summary>An agent with an approval that waits, as a payment would have left it.</summary>
    private static async Task<string> OpenAsync(HostUnderTest host)
    {
        await host.PostAsync(Alice, "hello", "r1");
        var table = Sample();
        host.State[Alice, "approvals"] = JsonSerializer.Serialize(table, AgentMesh.ActorHost.Agents.AgentsFeature.CreateJson());
        return table.All[0].Id;
    }

    private static Task<Reply<AgentPolicy>> PolicyAsync(HostUnderTest host) => host.CallAsync(
        Alice, nameof(IAgentPolicies.GetPolicy), null, ContractsJson.Default.ReplyAgentPolicy);

    private static Task<Reply<AgentPolicy>> SetAsync(HostUnderTest host, string? document) => host.CallAsync(
        Alice, nameof(IAgentPolicies.SetPolicy), JsonContent.Create(new SetPolicy(document), ContractsJson.Default.SetPolicy), ContractsJson.Default.ReplyAgentPolicy);

    private static Task<Reply<PolicyEvaluation>> EvaluateAsync(HostUnderTest host, string amount, string direction = "out", string asset = Usdc) => host.CallAsync(
        Alice, nameof(IAgentPolicies.EvaluatePolicy),
        JsonContent.Create(new EvaluatePolicy(direction, Shop, "shop.example", asset, amount), ContractsJson.Default.EvaluatePolicy), ContractsJson.Default.ReplyPolicyEvaluation);

    private static Task<Reply<ApprovalList>> ListAsync(HostUnderTest host, string? state) => host.CallAsync(
        Alice, nameof(IAgentPolicies.ListApprovals), JsonContent.Create(new ListApprovals(state), ContractsJson.Default.ListApprovals), ContractsJson.Default.ReplyApprovalList);

    private static Task<Reply<PaymentApproval>> ApprovalAsync(HostUnderTest host, string id) => host.CallAsync(
        Alice, nameof(IAgentPolicies.GetApproval), JsonContent.Create(new GetApproval(id), ContractsJson.Default.GetApproval), ContractsJson.Default.ReplyPaymentApproval);

    private static Task<Reply<PaymentApproval>> DecideAsync(HostUnderTest host, string id, bool approve) => host.CallAsync(
        Alice, nameof(IAgentPolicies.DecideApproval), JsonContent.Create(new DecideApproval(id, approve), ContractsJson.Default.DecideApproval),
        ContractsJson.Default.ReplyPaymentApproval);
}
