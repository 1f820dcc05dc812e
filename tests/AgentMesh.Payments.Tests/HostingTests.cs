using System.Net;
using System.Text.Json;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;

namespace AgentMesh.Payments.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task DaprConfig_SaysWhatTheDesignSays()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:IdleTimeoutSeconds", "90"));
        Assert.Equal(
            """{"entities":["PaymentActor"],"actorIdleTimeout":"0h1m30s0ms","drainOngoingCallTimeout":"0h0m20s0ms","drainRebalancedActors":true,"reentrancy":{"enabled":false}}""",
            await host.Http.GetStringAsync(new Uri("dapr/config", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("secreT", HttpStatusCode.Unauthorized)]
    [InlineData("secret", HttpStatusCode.NotFound)]
    public async Task WithAnAppToken_OnlyTheSidecarMayCall(string? token, HttpStatusCode expected)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("APP_API_TOKEN", "secret"));
        // No payment id, so that no actor is asked, which this sidecar would not reach either.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("payments/none", UriKind.Relative));
        if (token is not null)
            request.Headers.Add("dapr-api-token", token);
        using var answer = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        using var body = new StringContent("{}", null, "application/json");
        using var post = await host.Http.PostAsync(new Uri("payments", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, post.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task ABodyThatIsNoPurchase_IsRefused(string text)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        using var body = new StringContent(text, null, "application/json");
        using var answer = await host.Http.PostAsync(new Uri("payments", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.EndsWith(PaymentRefusals.InvalidPurchase, problem.RootElement.GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APaymentThatWasNeverTaken_IsNotFound()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        Assert.Null(await host.ReadAsync(new string('a', 64)));
        Assert.Null(await host.ReadAsync("A"));
    }

    [Fact]
    public async Task ARecordThatCannotBeRead_QuarantinesItsPayment()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        var payment = world.Sign();
        world.Mesh.Put(payment.Id.ToString(), "payment", """{"v":2}""");
        var (status, _, problem) = await host.TryBuyAsync(World.Buy(payment));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, PaymentRefusals.PaymentQuarantined), (status, problem));
        world.Mesh.Remind(payment.Id.ToString(), "work", isThere: true);
        await host.RemindAsync(payment.Id.ToString());
        Assert.Empty(world.Mesh.Reminded);
    }
}
