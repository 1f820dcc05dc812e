using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Purchases;

/// <summary>A model that buys: what it is told, and that a turn buys a thing once, whoever runs it and however often.</summary>
public sealed class PayToolTests
{
    private const string Usdc = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Model_BuysOnce_AndIsToldTheAnswer()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        var turn = await AskAsync(host, model, "buy it", Pay(host));
        Assert.Equal("You said: the tools said HTTP 200, paid 0.1 USDC, settled.\nworth it", turn.Answer!.Response);
        var payment = Assert.Single(await host.PaymentsAsync());
        Assert.Equal(("settled", "100000"), (payment.State, payment.AmountAtomic));
        Assert.Equal(("Posted", 1), (host.HoldState(), host.Shop.Payments.Count));
    }

    [Fact]
    public async Task Page_ThatIsFree_CostsNothing_AndWithoutMaxAmountNothingIsPaid()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        Assert.EndsWith("HTTP 200, nothing paid.\nfree", await ToldAsync(host, model, Call(new { url = $"http://{host.Shop.Place}/free" })), StringComparison.Ordinal);
        Assert.Contains("(payment_not_possible)", await ToldAsync(host, model, Call(new { url = host.Shop.Url })), StringComparison.Ordinal);
        Assert.Empty(host.Shop.Payments);
    }

    [Theory]
    [InlineData("0.099999", "No answer (payment_not_possible)")]
    [InlineData("ten", "Not called: maxAmount")]
    [InlineData("-1", "Not called: maxAmount")]
    [InlineData("0.0000001", "Not called: maxAmount")]
    public async Task MostThatMayBePaid_IsKeptTo(string maxAmount, string told)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        Assert.Contains(told, await ToldAsync(host, model, Pay(host, maxAmount)), StringComparison.Ordinal);
        Assert.Empty(host.Shop.Payments);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://localhost:1/")]
    [InlineData("http://[::1]:1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("file:///etc/passwd")]
    public async Task Place_ThatMustNotBeCalled_IsNot_AndTheModelIsTold(string url)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        var told = await ToldAsync(host, model, Call(new { url, maxAmount = "0.10" }));
        Assert.True(told.Contains("Not called: ", StringComparison.Ordinal) || told.Contains("(url_not_allowed)", StringComparison.Ordinal), told);
        Assert.Empty(await host.PaymentsAsync());
    }

    /// <summary>Out of the box more than 1 USDC is asked about. Nothing is paid in the turn that asks; the next one that asks for the same may.</summary>
    [Fact]
    public async Task Approval_IsNamedToTheModel_AndWhenItIsGiven_TheSameCallIsPaidOnce()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        host.Shop.Terms = host.Shop.Terms with { Amount = "2000000" };
        var told = await ToldAsync(host, model, Pay(host, "2"));
        var approval = Assert.Single((await host.Host.CallAsync(
            BuyingHost.Alice, nameof(IAgentPolicies.ListApprovals), JsonContent.Create(new ListApprovals(null), ContractsJson.Default.ListApprovals),
            ContractsJson.Default.ReplyApprovalList)).Value!.Approvals);
        Assert.Contains($"No answer (approval_required): A person has to approve this payment first: approval {approval.Id}.", told, StringComparison.Ordinal);
        Assert.Equal(("pending", "2000000", FakeShop.Payee.ToLowerInvariant()), (approval.State, approval.AmountAtomic, approval.Payee));
        Assert.Empty(host.Shop.Payments);
        Assert.Empty(await host.PaymentsAsync());

        await host.Host.CallAsync(
            BuyingHost.Alice, nameof(IAgentPolicies.DecideApproval), JsonContent.Create(new DecideApproval(approval.Id, true), ContractsJson.Default.DecideApproval),
            ContractsJson.Default.ReplyPaymentApproval);
        Assert.EndsWith("HTTP 200, paid 2 USDC, settled.\nworth it", await ToldAsync(host, model, Pay(host, "2")), StringComparison.Ordinal);
        Assert.Contains("(approval_required)", await ToldAsync(host, model, Pay(host, "2")), StringComparison.Ordinal);
        Assert.Single(host.Shop.Payments);
    }

    /// <summary>Whichever limit it is that is at its end.</summary>
    [Theory]
    [InlineData("agent")]
    [InlineData("session:default")]
    [InlineData("tool:pay_url")]
    public async Task Budget_AtItsEnd_TheModelIsTold(string scope)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        await host.Host.SetBudgetAsync(BuyingHost.Alice, new LimitSetting("agent", Usdc, "rolling:24h", "50000000"), new LimitSetting(scope, Usdc, "once", "150000"));
        Assert.Contains("paid 0.1 USDC", await ToldAsync(host, model, Pay(host)), StringComparison.Ordinal);
        Assert.Contains(
            $"No answer (budget_exceeded): The budget of {scope} has 50000 atomic units of {Usdc} left in its window once", await ToldAsync(host, model, Pay(host)),
            StringComparison.Ordinal);
        Assert.Single(host.Shop.Payments);
    }

    /// <summary>What is the same in one turn is one purchase, in one answer of the model or in two; what is not is another.</summary>
    [Fact]
    public async Task EqualCallsOfATurn_AreOnePurchase()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        const string Told = "HTTP 200, paid 0.1 USDC, settled.\nworth it";
        var turn = await AskAsync(host, model, "twice", new ModelBehavior { IsEmpty = true, Calls = [Pay(host), Pay(host)] }, new ModelBehavior { IsEmpty = true, Calls = [Pay(host)] });
        Assert.Equal($"You said: the tools said {Told} and {Told} and {Told}", turn.Answer!.Response);
        Assert.Single(host.Shop.Payments);
        Assert.Single(await host.PaymentsAsync());

        var other = Call(new { url = host.Shop.Url, maxAmount = "0.10", body = "{}" });
        await AskAsync(host, model, "and another", new ModelBehavior { IsEmpty = true, Calls = [Pay(host), other] });
        Assert.Equal(3, host.Shop.Payments.Distinct().Count());
    }

    /// <summary>The run dies while the payment is on its way, or after it; the next one calls with another id, as models do.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunThatDies_AfterThePaymentWasSent_IsFollowedByOneThatDoesNotPayAgain(bool isOnItsWay)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(model);
        var (isDying, sent, answered, told) = (true, Signal(), Signal(), Signal());
        host.State.BeforeInvoke = call =>
        {
            if (call.EndsWith($"/{nameof(IAgentTurns.CompleteTurn)}", StringComparison.Ordinal))
                told.TrySetResult();
            return Task.FromResult(!isDying || !IsOfTheRun(call));
        };
        host.Shop.OnPayment = async (_, _) =>
        {
            sent.TrySetResult();
            if (isOnItsWay)
                await answered.Task;
            return false;
        };
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [Pay(host)] });
        var turn = (await host.Host.PostAsync(BuyingHost.Alice, "buy it", "r1")).Value!.TurnId;
        // Either it waits for the answer, or it has all of it and nobody hears it.
        await host.UntilAsync(() => Task.FromResult((isOnItsWay ? sent : told).Task.IsCompleted));
        var asked = model.Count;
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [Pay(host)] });
        await host.UntilAsync(async () =>
        {
            host.Host.Time.Advance(Lease);
            await host.Host.RemindAsync(BuyingHost.Alice);
            return (await host.Host.TurnAsync(BuyingHost.Alice, turn)).Value!.Attempt > 1;
        });
        isDying = false;
        await host.UntilAsync(() => Task.FromResult(model.Count > asked));
        answered.TrySetResult();
        var end = await host.EndOfTurnAsync(turn);
        Assert.Equal(TurnStatus.Completed, end.Status);
        Assert.Contains("HTTP 200, paid 0.1 USDC, settled.\nworth it", end.Answer!.Response, StringComparison.Ordinal);
        Assert.Single(host.Shop.Payments);
        Assert.Equal("settled", Assert.Single(await host.PaymentsAsync()).State);
    }

    /// <summary>
    /// After what it has bought there was no money left to ask the model once more, and for weeks nobody raised the limit. Its next run begins anew.
    /// </summary>
    [Fact]
    public async Task TurnThatWasPaused_DoesNotPayAgain_HoweverLateItGoesOn()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await BuyingHost.StartAsync(
            model, ("AgentMesh:Responder:Prices:0:Model", "test-model"), ("AgentMesh:Responder:Prices:0:Input", "1"), ("AgentMesh:Responder:Prices:0:Output", "1"),
            ("AgentMesh:Responder:MaxOutputTokens", "64"), ("AgentMesh:Responder:Tools", "pay_url"));
        await LimitAsync(host, "100000");
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [Pay(host)] });
        host.Shop.OnPayment = async (_, _) =>
        {
            // The first call of the model is paid for; there is nothing for the second.
            await LimitAsync(host, "1");
            return false;
        };
        var turn = (await host.Host.PostAsync(BuyingHost.Alice, "buy it", "r1")).Value!.TurnId;
        Assert.Equal(TurnStatus.Paused, (await host.EndOfTurnAsync(turn)).Status);
        host.Shop.OnPayment = null;

        host.Host.Time.Advance(TimeSpan.FromDays(20));
        // What is forgotten is so with the next purchase.
        Assert.Equal(200, (await host.BuyAsync("other")).Status);
        Assert.Equal(2, host.Shop.Payments.Count);
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = [Pay(host)] });
        await LimitAsync(host, "100000");
        var end = await host.EndOfTurnAsync(turn);
        Assert.Equal((TurnStatus.Completed, "You said: the tools said HTTP 200, paid 0.1 USDC, settled.\nworth it"), (end.Status, end.Answer?.Response));
        Assert.Equal(2, host.Shop.Payments.Count);
    }

    private static Task<Reply<AgentBudget>> LimitAsync(BuyingHost host, string microUsd) => host.Host.SetBudgetAsync(
        BuyingHost.Alice, new LimitSetting("agent", "USD", "once", microUsd), new LimitSetting("agent", Usdc, "once", "50000000"));

    private static ModelToolCall Pay(BuyingHost host, string maxAmount = "0.10") => Call(new { url = host.Shop.Url, maxAmount });

    private static ModelToolCall Call(object arguments) => new("pay_url", JsonSerializer.Serialize(arguments));

    private static async Task<string> ToldAsync(BuyingHost host, FakeModelServer model, ModelToolCall call) =>
        (await AskAsync(host, model, "buy it", call)).Answer!.Response!;

    private static Task<Turn> AskAsync(BuyingHost host, FakeModelServer model, string content, ModelToolCall call) =>
        AskAsync(host, model, content, new ModelBehavior { IsEmpty = true, Calls = [call] });

    /// <summary>Asks, and the model behaves so; with the results of its tools it answers at last.</summary>
    private static async Task<Turn> AskAsync(BuyingHost host, FakeModelServer model, string content, params ModelBehavior[] behaviors)
    {
        model.Behave(behaviors);
        var posted = await host.Host.PostAsync(BuyingHost.Alice, content, $"r-{Guid.CreateVersion7()}");
        return await host.EndOfTurnAsync(posted.Value!.TurnId);
    }

    /// <summary>What a run of the turn says to its agent; the purchase's own run is another.</summary>
    private static bool IsOfTheRun(string call) => call.Split('/')[^1] is nameof(IAgentTurns.RenewTurn) or nameof(IAgentTurns.CompleteTurn) or nameof(IAgentTurns.FailTurn);

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
