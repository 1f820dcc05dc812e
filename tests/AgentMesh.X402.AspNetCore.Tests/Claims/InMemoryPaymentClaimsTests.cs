using AgentMesh.X402.AspNetCore.Claims;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.AspNetCore.Tests.Claims;

public sealed class InMemoryPaymentClaimsTests
{
    private static readonly PaymentUse Use = new("POST", "https://shop.example/paint", "", null, "");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    private static CancellationToken End => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OfAThousandAtOnce_OneTakesIt()
    {
        var claims = Create();
        var takings = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(() => claims.TakeAsync(Claim("a"), End), End)));
        Assert.Single(takings, taking => taking.Outcome == ClaimOutcome.Taken);
        Assert.All(takings.Where(taking => taking.Outcome != ClaimOutcome.Taken), taking => Assert.Equal(Claim("a"), taking.Known));
    }

    [Fact]
    public async Task AClaim_IsKeptUntilItsTime_AndNotLonger()
    {
        var claims = Create();
        await claims.TakeAsync(Claim("a"), End);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(await claims.FindAsync("a", End));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await claims.FindAsync("a", End));
    }

    [Fact]
    public async Task WithoutSpace_WhatFailedIsForgotten_AndNothingElse()
    {
        var claims = Create(maxClaims: 2);
        await claims.TakeAsync(Claim("a"), End);
        await claims.TakeAsync(Claim("b"), End);
        Assert.Equal(ClaimOutcome.Full, (await claims.TakeAsync(Claim("c"), End)).Outcome);
        await claims.StoreAsync(Claim("b", PaymentClaimStatus.Failed, 1), End);
        Assert.Equal(ClaimOutcome.Taken, (await claims.TakeAsync(Claim("c"), End)).Outcome);
        Assert.Null(await claims.FindAsync("b", End));
        await claims.StoreAsync(Claim("a", PaymentClaimStatus.Settled, 1), End);
        Assert.Equal(ClaimOutcome.Full, (await claims.TakeAsync(Claim("d"), End)).Outcome);
    }

    [Fact]
    public async Task AnswersThatDoNotFit_AreForgotten_TheOldestFirst_AndTheirClaimsStay()
    {
        var claims = Create(maxAnswerBytes: 10);
        foreach (var (id, bytes) in new[] { ("a", 4), ("b", 6), ("c", 1) })
        {
            await claims.TakeAsync(Claim(id), End);
            await claims.StoreAsync(Claim(id, PaymentClaimStatus.Settled, bytes), End);
        }

        Assert.Equal(Claim("a", PaymentClaimStatus.Settled), await claims.FindAsync("a", End));
        Assert.Equal((6, 1), ((await claims.FindAsync("b", End))!.Answer!.Body.Length, (await claims.FindAsync("c", End))!.Answer!.Body.Length));
        // One that never fits.
        await claims.TakeAsync(Claim("d"), End);
        await claims.StoreAsync(Claim("d", PaymentClaimStatus.Settled, 11), End);
        Assert.Null((await claims.FindAsync("d", End))!.Answer);
    }

    private InMemoryPaymentClaims Create(int maxClaims = 100, long maxAnswerBytes = 100) => new(maxClaims, maxAnswerBytes, _time);

    private static PaymentClaim Claim(string id, PaymentClaimStatus status = PaymentClaimStatus.Working, int? bytes = null) => new(
        id, Use, status, DateTimeOffset.FromUnixTimeSeconds(1_800_000_060), bytes is { } length ? new PaidAnswer(200, new Dictionary<string, string[]>(), new byte[length]) : null);
}
