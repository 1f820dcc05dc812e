using System.Net;
using AgentMesh.Payments.Tests.Fakes;
using AgentMesh.X402.AspNetCore.Claims;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.X402.AspNetCore.Tests;

/// <summary>Two processes of an app whose claims are shared, as an own <see cref="IPaymentClaims"/> over a store shares them.</summary>
public sealed class TwoReplicasTests : IAsyncLifetime
{
    private readonly Counted _handler = new();
    private readonly FakeChain _chain = new();
    private readonly InMemoryPaymentClaims _claims = new(100, 1_000_000, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)));
    private WebApplication _node = null!;
    private PaidShop _one = null!;
    private PaidShop _other = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _node = builder.Build();
        _node.MapPost("/rpc", _chain.AnswerAsync);
        await _node.StartAsync();
        _one = await StartAsync(_ => { });
        _other = await StartAsync(options => options.FacilitatorHandler = _one.Facilitator);
        _one.Facilitator.OnTransfer = payment => _chain.Transfer(payment);
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task OnePaymentToBothAtOnce_IsOneExecution()
    {
        var payment = await _one.SignAsync("/paint", body: "a fence");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            using var answer = await (n % 2 == 0 ? _one : _other).SendAsync("/paint", payment, "a fence");
            return (answer.StatusCode, await PaidShop.TextAsync(answer));
        }));
        // Nobody waits here: whoever comes while another works is told to ask again.
        Assert.All(answers, answer => Assert.True(answer is (HttpStatusCode.OK, "Did: a fence") or (HttpStatusCode.ServiceUnavailable, _), answer.ToString()));
        Assert.Contains((HttpStatusCode.OK, "Did: a fence"), answers);
        Assert.Equal((1, 1), (_handler.Runs, _one.Facilitator.Settles));
    }

    [Fact]
    public async Task WhatAProcessSettledBeforeItDied_IsFoundOutByAnother()
    {
        var payment = await _one.SignAsync("/paint", body: "a fence");
        using var sold = await _one.SendAsync("/paint", payment, "a fence");
        var claim = (await _claims.FindAsync(payment.Id.ToString(), TestContext.Current.CancellationToken))!;
        // As it was when the order went out.
        await _claims.StoreAsync(claim with { Status = PaymentClaimStatus.Settling }, TestContext.Current.CancellationToken);
        using var found = await _other.SendAsync("/paint", payment, "a fence");
        Assert.Equal((HttpStatusCode.OK, "Did: a fence"), (found.StatusCode, await PaidShop.TextAsync(found)));
        Assert.Equal((1, 1), (_handler.Runs, _one.Facilitator.Settles));
    }

    private Task<PaidShop> StartAsync(Action<X402Options> configure) => PaidShop.StartAsync(
        _handler.Map,
        options =>
        {
            options.RpcUrl = new Uri($"{_node.Urls.Single()}/rpc");
            options.WaitSeconds = 0;
            configure(options);
        },
        services => services.AddSingleton<IPaymentClaims>(_claims));
}
