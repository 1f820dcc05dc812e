using System.Net;
using System.Text.Json;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;

namespace AgentMesh.Payments.Tests.Purchases;

/// <summary>The extension payment-identifier: several payments that a payer makes for one thing are one purchase.</summary>
public sealed class IdentifierTests
{
    private const string Identifier = "pay_0123456789abcdef";

    [Fact]
    public async Task AnotherPaymentForTheSame_GetsTheFirstsOutcome_AndIsNotTaken()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var first = await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)));
        await host.RestAsync();
        var second = world.Sign(identifier: Identifier);
        Assert.Equal(first, await host.BuyAsync(World.Buy(second)));
        Assert.Equal(PaymentStates.Settled, first.State);
        Assert.Equal((1, 1, 1), (world.Facilitator.Verifies, world.Facilitator.Chain.Transfers, world.Mesh.Executions));
        Assert.Null(world.Mesh.Value(second.Id.ToString(), "payment"));
    }

    /// <summary>What the second one differs in, and what it is answered.</summary>
    [Theory]
    [InlineData("body", true)]
    [InlineData("resource", true)]
    [InlineData("seller", false)]
    [InlineData("payer", false)]
    [InlineData("identifier", false)]
    [InlineData("none", false)]
    public async Task Identifier_IsForOneRequest_OfOnePayerToOneSeller(string what, bool isConflict)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var first = await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)));
        var second = what switch
        {
            "body" => World.Buy(world.Sign(identifier: Identifier), content: "paint two"),
            "resource" => World.Buy(world.Sign(url: World.Url + "s", identifier: Identifier), url: World.Url + "s"),
            "seller" => World.Buy(world.Sign(identifier: Identifier), seller: "default:bob"),
            "payer" => World.Buy(world.Sign(identifier: Identifier, isOther: true)),
            "identifier" => World.Buy(world.Sign(identifier: Identifier + "0")),
            _ => World.Buy(world.Sign()),
        };
        var (status, outcome, problem) = await host.TryBuyAsync(second);
        Assert.Equal(isConflict ? (HttpStatusCode.Conflict, PaymentRefusals.PaymentIdentifierReused) : (HttpStatusCode.OK, null), (status, problem));
        Assert.Equal(isConflict ? 1 : 2, world.Facilitator.Chain.Transfers);
        Assert.NotEqual(first.PaymentId, outcome?.PaymentId);
    }

    [Fact]
    public async Task TwoPaymentsForTheSame_AtOnce_AtTwoProcesses_AreOnePurchase()
    {
        await using var world = await World.CreateAsync();
        await using var one = await world.StartAsync();
        await using var two = await world.StartAsync();
        var arrived = 0;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Both are verified before either has the intent.
        world.Mesh.Before = call =>
        {
            if (call != "facilitator verify")
                return Task.CompletedTask;
            if (Interlocked.Increment(ref arrived) == 2)
                both.SetResult();
            return both.Task;
        };
        var outcomes = await Task.WhenAll(
            one.BuyAsync(World.Buy(world.Sign(identifier: Identifier))), two.BuyAsync(World.Buy(world.Sign(identifier: Identifier))));
        Assert.Equal(outcomes[0], outcomes[1]);
        Assert.Equal((PaymentStates.Settled, "Did: paint it"), (outcomes[0].State, outcomes[0].Answer));
        Assert.Equal((2, 1, 1, 1), (world.Facilitator.Verifies, world.Facilitator.Settles, world.Facilitator.Chain.Transfers, world.Mesh.Executions));
        await one.RestAsync();
        await two.RestAsync();
    }

    [Fact]
    public async Task TwoPaymentsAtOnce_ForTwoThings_AreOneAndAConflict()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var arrived = 0;
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Mesh.Before = call =>
        {
            if (call != "facilitator verify")
                return Task.CompletedTask;
            if (Interlocked.Increment(ref arrived) == 2)
                both.SetResult();
            return both.Task;
        };
        var answers = await Task.WhenAll(
            host.TryBuyAsync(World.Buy(world.Sign(identifier: Identifier))), host.TryBuyAsync(World.Buy(world.Sign(identifier: Identifier), content: "paint two")));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.Status).Order());
        Assert.Equal((1, 1), (world.Facilitator.Chain.Transfers, world.Mesh.Executions));
        await host.RestAsync();
    }

    [Fact]
    public async Task APaymentThatFailed_LeavesItsIdentifier()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Mesh.SellerRefuses = "session_not_found";
        var failed = World.Buy(world.Sign(identifier: Identifier));
        Assert.Equal(PaymentStates.Failed, (await host.BuyAsync(failed)).State);
        await host.RestAsync();
        world.Mesh.SellerRefuses = null;
        var second = await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)));
        Assert.Equal(PaymentStates.Settled, second.State);
        // The one that failed is the same purchase.
        Assert.Equal(second, await host.BuyAsync(failed));
        Assert.Equal((1, 1), (world.Facilitator.Chain.Transfers, world.Mesh.Executions));
    }

    [Fact]
    public async Task WhileTheFirstIsUnknown_TheSecondIsNotTaken()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.OnSettle = Fault.BrokenAfter;
        var first = world.Sign(identifier: Identifier);
        Assert.Equal(PaymentStates.Unknown, (await host.BuyAsync(World.Buy(first))).State);
        await host.RestAsync();
        world.Facilitator.OnSettle = Fault.None;
        var unknown = await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)) with { WaitSeconds = 0 });
        Assert.Equal((PaymentStates.Unknown, PaymentRefusals.PaymentUnknown, first.Id.ToString()), (unknown.State, unknown.Reason, unknown.PaymentId));
        // Not after a day either.
        world.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(PaymentStates.Unknown, (await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)) with { WaitSeconds = 0 })).State);
        await world.RecoverAsync(host);
        var found = await host.BuyAsync(World.Buy(first));
        Assert.Equal((PaymentStates.Settled, 1, 1), (found.State, world.Facilitator.Chain.Transfers, world.Mesh.Executions));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 2)]
    public async Task Identifier_IsKeptForADay(int afterMs, int transfers)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)));
        await host.RestAsync();
        var taken = JsonElement.Parse(world.Mesh.StateOf("intent:")).GetProperty("at").GetDateTimeOffset();
        world.Time.SetUtcNow(taken.AddHours(24).AddMilliseconds(afterMs));
        Assert.Equal(PaymentStates.Settled, (await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)))).State);
        Assert.Equal(transfers, world.Facilitator.Chain.Transfers);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task IdentifierOutsideTheGrammar_IsRefused(int length, bool isOne)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var (status, _, problem) = await host.TryBuyAsync(World.Buy(world.Sign(identifier: new string('x', length))));
        Assert.Equal(isOne ? (HttpStatusCode.OK, null) : (HttpStatusCode.BadRequest, PaymentRefusals.InvalidPaymentIdentifier), (status, problem));
        Assert.Equal(isOne ? 1 : 0, world.Facilitator.Verifies);
    }

    /// <summary>Who pays is no secret, and an identifier is not proof of being the payer.</summary>
    [Fact]
    public async Task AForgedPayment_WithThePayersIdentifier_LearnsNothing()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        await host.BuyAsync(World.Buy(world.Sign(identifier: Identifier)));
        var forged = World.Buy(world.Sign(identifier: Identifier));
        forged = forged with { PaymentSignature = World.WithOtherSignature(forged.PaymentSignature!) };
        var outcome = await host.BuyAsync(forged);
        Assert.Equal((PaymentStates.Failed, "invalid_exact_evm_payload_signature", null), (outcome.State, outcome.Reason, outcome.Answer));
        Assert.Equal(1, world.Facilitator.Verifies);
    }

    [Fact]
    public async Task AnExtensionThatComesBackChanged_IsRefused()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign(extensions: World.WithIdentifier(Identifier, isRequired: true));
        var outcome = await host.BuyAsync(World.Buy(payment));
        Assert.Equal((PaymentStates.Failed, "extension_echo_mismatch", 0), (outcome.State, outcome.Reason, world.Facilitator.Verifies));
    }
}
