using System.Net;
using AgentMesh.Payments.Tests.Fakes;
using AgentMesh.X402.AspNetCore.Tests.Fakes;
using AgentMesh.X402.Codecs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.AspNetCore.Tests;

/// <summary>Nobody said what became of the order; the chain knows, and is asked when the payer asks.</summary>
public sealed class UnknownPaymentTests : IAsyncLifetime
{
    private readonly Counted _handler = new();
    private readonly FakeChain _chain = new();
    private WebApplication _node = null!;
    private PaidShop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _node = builder.Build();
        _node.MapPost("/rpc", _chain.AnswerAsync);
        await _node.StartAsync();
        _shop = await PaidShop.StartAsync(_handler.Map, options => options.RpcUrl = new Uri($"{_node.Urls.Single()}/rpc"));
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Theory]
    [InlineData("executed", HttpStatusCode.OK, null)]
    [InlineData("executed, without a transfer", HttpStatusCode.ServiceUnavailable, "payment_unknown")]
    [InlineData("canceled", HttpStatusCode.PaymentRequired, "authorization_canceled")]
    [InlineData("open", HttpStatusCode.ServiceUnavailable, "payment_unknown")]
    [InlineData("expired", HttpStatusCode.PaymentRequired, "authorization_expired")]
    [InlineData("nobody knows", HttpStatusCode.ServiceUnavailable, "payment_unknown")]
    public async Task AnUnknownPayment_IsFoundOut(string what, HttpStatusCode status, string? code)
    {
        if (what.StartsWith("executed", StringComparison.Ordinal))
            _shop.Facilitator.OnTransfer = payment => _chain.Transfer(payment);
        if (what == "canceled")
            _shop.Facilitator.OnTransfer = _chain.Cancel;
        _chain.IsSilent = what == "executed, without a transfer";
        _shop.Facilitator.AfterSettle = () => throw new HttpRequestException(HttpRequestError.ResponseEnded);
        var payment = await _shop.SignAsync("/paint", body: "a fence");
        using var first = await _shop.SendAsync("/paint", payment, "a fence");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "payment_unknown"), (first.StatusCode, await PaidShop.CodeAsync(first)));
        if (what == "expired")
            _shop.Time.Advance(TimeSpan.FromSeconds(121));
        _chain.IsAway = what == "nobody knows";
        for (var again = 0; again < 2; again++)
        {
            using var answer = await _shop.SendAsync("/paint", payment, "a fence");
            Assert.Equal(status, answer.StatusCode);
            if (code is not null)
                Assert.Equal(code, await PaidShop.CodeAsync(answer));
            else
                Assert.Equal("Did: a fence", await PaidShop.TextAsync(answer));
            if (status != HttpStatusCode.ServiceUnavailable)
                Assert.Equal(status == HttpStatusCode.OK, PaymentHeaders.ReadResponse(answer.Headers.GetValues(PaymentHeaderNames.PaymentResponse).Single()).Value!.Success);
        }

        // For others it is spent all the same.
        using var other = await _shop.SendAsync("/paint", payment, "two fences");
        Assert.Equal((HttpStatusCode.Conflict, 1, 1), (other.StatusCode, _handler.Runs, _shop.Facilitator.Settles));
    }
}
