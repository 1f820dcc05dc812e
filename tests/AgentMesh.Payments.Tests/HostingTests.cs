using System.Net;
using System.Text.Json;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

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
    [InlineData(null, null, "APP_API_TOKEN and DAPR_API_TOKEN")]
    [InlineData("a", null, "needs DAPR_API_TOKEN")]
    [InlineData(null, "d", "needs APP_API_TOKEN")]
    public async Task OutsideDevelopment_ItDoesNotStartWithoutTokens(string? appToken, string? daprToken, string reason)
    {
        var (exitCode, error) = await AppStart.RunAsync(
            "AgentMesh.Payments", TestContext.Current.CancellationToken, ("ASPNETCORE_ENVIRONMENT", "Production"), ("APP_API_TOKEN", appToken), ("DAPR_API_TOKEN", daprToken));
        Assert.Equal(1, exitCode);
        Assert.Contains(reason, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>Each route of the app: without its token, with a wrong one, with the right one. A route without a row here fails the test.</summary>
    [Fact]
    public async Task EveryRoute_IsForTheSidecarOnly_ButHealth()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("APP_API_TOKEN", "secret"));
        Assert.Equal(
            [
                "DELETE /actors/{actorTypeName}/{actorId}: 401 401 ok",
                "GET /balances: 401 401 ok",
                "GET /dapr/config: 401 401 ok",
                "GET /healthz: ok ok ok",
                "GET /livez: ok ok ok",
                "GET /metrics: ok ok ok",
                "GET /payments/{paymentId}/outcome: 401 401 ok",
                "GET /payments/{paymentId}: 401 401 ok",
                "GET /readyz: ok ok ok",
                "HEAD /healthz: ok ok ok",
                "HEAD /livez: ok ok ok",
                "HEAD /readyz: ok ok ok",
                "POST /authorizations/look: 401 401 ok",
                "POST /payments/: 401 401 ok",
                "PUT /actors/{actorTypeName}/{actorId}/method/remind/{reminderName}: 401 401 ok",
                "PUT /actors/{actorTypeName}/{actorId}/method/timer/{timerName}: 401 401 ok",
                "PUT /actors/{actorTypeName}/{actorId}/method/{methodName}: 401 401 ok",
            ],
            await AppRoutes.AskAsync(host.Http, host.Services.GetRequiredService<EndpointDataSource>().Endpoints, "secret", TestContext.Current.CancellationToken));
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
