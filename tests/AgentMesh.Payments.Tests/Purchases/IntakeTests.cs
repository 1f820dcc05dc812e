using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;
using AgentMesh.X402.Wire;

namespace AgentMesh.Payments.Tests.Purchases;

/// <summary>The facilitator is asked before anything of a payment is stored.</summary>
public sealed class IntakeTests
{
    /// <summary>Whether the payer's key has signed it, what the facilitator says or does, the reason that is told, when to come again, and how often it was asked.</summary>
    [Theory]
    [InlineData(true, "insufficient_funds", "insufficient_funds", null, 1)]
    [InlineData(false, null, X402Reasons.UnsupportedPayloadType, null, 1)]
    [InlineData(false, "invalid_exact_evm_payload_signature", "invalid_exact_evm_payload_signature", null, 1)]
    [InlineData(true, "another payer", PaymentRefusals.FacilitatorUnavailable, 5, 1)]
    [InlineData(true, nameof(Fault.RefusedBefore), PaymentRefusals.FacilitatorUnavailable, 5, 3)]
    [InlineData(true, nameof(Fault.BrokenAfter), PaymentRefusals.FacilitatorUnavailable, 5, 3)]
    [InlineData(false, nameof(Fault.SilentAfter), PaymentRefusals.FacilitatorUnavailable, 5, 1)]
    public async Task APaymentThatIsNotGood_LeavesNothing(bool isProven, string? says, string reason, int? retryAfter, int verifies)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:VerifyTimeoutSeconds", "1"));
        var payment = world.Sign();
        var purchase = World.Buy(payment);
        if (!isProven)
            purchase = purchase with { PaymentSignature = World.WithContractSignature(payment.HeaderValue) };
        if (Enum.TryParse<Fault>(says, out var fault))
            world.Facilitator.OnVerify = fault;
        else if (says is "another payer")
            world.Facilitator.SaysOfVerify = answer => answer with { Payer = "0x0000000000000000000000000000000000000001" };
        else if (says is not null)
            world.Facilitator.SaysOfVerify = answer => answer with { IsValid = false, InvalidReason = says };
        var outcome = await host.BuyAsync(purchase);
        await host.RestAsync();
        Assert.Equal((PaymentStates.Failed, reason, retryAfter, null), (outcome.State, outcome.Reason, outcome.RetryAfterSeconds, outcome.PaymentResponse));
        Assert.Equal((verifies, 0), (world.Facilitator.Verifies, world.Mesh.Executions));
        Assert.DoesNotContain(world.Mesh.Calls, call => call.StartsWith("PUT", StringComparison.Ordinal) || call.StartsWith("POST", StringComparison.Ordinal) || call == "publish");
        Assert.Null(await host.ReadAsync(payment.Id.ToString()));
        // Nor does it spoil the payment, which is good.
        world.Facilitator.OnVerify = Fault.None;
        world.Facilitator.SaysOfVerify = null;
        Assert.Equal(PaymentStates.Settled, (await host.BuyAsync(World.Buy(payment))).State);
    }

    [Fact]
    public async Task AContractsPayment_IsVerifiedOnce_AndTaken()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.SaysOfVerify = answer => answer with { IsValid = true, InvalidReason = null };
        world.Facilitator.SaysOfSettle = answer => answer with { Success = true, ErrorReason = null, Transaction = "0x" + new string('8', 64) };
        var payment = world.Sign();
        var purchase = World.Buy(payment) with { PaymentSignature = World.WithContractSignature(payment.HeaderValue) };
        var outcome = await host.BuyAsync(purchase);
        Assert.Equal((PaymentStates.Settled, "Did: paint it"), (outcome.State, outcome.Answer));
        Assert.Equal(outcome, await host.BuyAsync(purchase));
        Assert.Equal((1, 1), (world.Facilitator.Verifies, world.Facilitator.Settles));
    }

    /// <summary>To the second process the payment is bad, because the first has settled it meanwhile.</summary>
    [Fact]
    public async Task APaymentThatIsUsedUpWhileItIsVerified_IsFound()
    {
        await using var world = await World.CreateAsync();
        await using var late = await world.StartAsync();
        await using var early = await world.StartAsync();
        var purchase = World.Buy(world.Sign());
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Mesh.Before = call => call == "facilitator verify" && asked.TrySetResult() ? wake.Task : Task.CompletedTask;
        var second = late.BuyAsync(purchase);
        await asked.Task;
        var first = await early.BuyAsync(purchase);
        await early.RestAsync();
        wake.SetResult();
        Assert.Equal(PaymentStates.Settled, first.State);
        Assert.Equal(first, await second);
        Assert.Equal((2, 1, 1, 1), (world.Facilitator.Verifies, world.Facilitator.Settles, world.Facilitator.Chain.Transfers, world.Mesh.Executions));
    }

    [Fact]
    public async Task WhoeverHangsUpWhileItIsVerified_KeepsNobodyFromIt()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var purchase = World.Buy(world.Sign());
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Mesh.Before = call => call == "facilitator verify" && asked.TrySetResult() ? wake.Task : Task.CompletedTask;
        using var gone = new CancellationTokenSource();
        var hangsUp = host.Http.PostAsync(new Uri("payments", UriKind.Relative), JsonContent.Create(purchase, ContractsJson.Default.Purchase), gone.Token);
        await asked.Task;
        var waits = host.BuyAsync(purchase);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hangsUp);
        wake.SetResult();
        Assert.Equal(PaymentStates.Settled, (await waits).State);
        Assert.Equal((1, 1), (world.Facilitator.Verifies, world.Mesh.Executions));
    }
}
