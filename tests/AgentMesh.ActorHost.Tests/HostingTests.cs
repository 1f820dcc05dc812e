using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Agents.ApiKeys;
using AgentMesh.Agents.Audit;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.CallTasks;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Limits;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.Schedules;
using AgentMesh.Agents.Summaries;
using AgentMesh.Agents.Topics;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Contracts.Audit;
using AgentMesh.Contracts.Topics;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;

namespace AgentMesh.ActorHost.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task DaprConfig_SaysWhatTheDesignSays()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Actors:IdleTimeoutSeconds", "90"));
        var config = await host.Http.GetStringAsync(new Uri("dapr/config", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(
            """{"entities":["AgentActor","TenantActor","TopicActor","ApiKeysActor","AuditActor"],"actorIdleTimeout":"0h1m30s0ms","drainOngoingCallTimeout":"0h0m20s0ms","drainRebalancedActors":true,"reentrancy":{"enabled":false}}""",
            config);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("secreT", HttpStatusCode.Unauthorized)]
    [InlineData("secret2", HttpStatusCode.Unauthorized)]
    [InlineData("secret", HttpStatusCode.OK)]
    public async Task WithAnAppToken_OnlyTheSidecarMayCall(string? token, HttpStatusCode expected)
    {
        await using var host = await HostUnderTest.StartAsync(("APP_API_TOKEN", "secret"));
        if (token is not null)
            host.Http.DefaultRequestHeaders.Add("dapr-api-token", token);
        foreach (var path in new[] { "dapr/config", "healthz" })
        {
            using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(path == "healthz" ? HttpStatusCode.OK : expected, answer.StatusCode);
        }

        using var called = await host.SendAsync("default:alice", "GetInfo");
        Assert.Equal(expected, called.StatusCode);
        if (expected == HttpStatusCode.OK)
            return;
        Assert.Equal("application/problem+json", called.Content.Headers.ContentType?.MediaType);
        var problem = await called.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.EndsWith(":invalid_dapr_token", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.State.TakeCalls());
    }

    [Theory]
    [InlineData("Development", null, null, true)]
    [InlineData("Production", null, null, false)]
    [InlineData("Production", "a", null, false)]
    [InlineData("Production", null, "d", false)]
    [InlineData("Production", "a", " ", false)]
    [InlineData("Production", "a", "d", true)]
    [InlineData("Staging", null, null, false)]
    public void OutsideDevelopment_TheTokensAreRequired(string environment, string? appToken, string? daprToken, bool starts)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("APP_API_TOKEN", appToken), new("DAPR_API_TOKEN", daprToken)])
            .Build();
        var reason = DaprTokens.WhyNotToStart(new HostingEnvironment { EnvironmentName = environment }, SidecarOptions.From(configuration));
        Assert.Equal(starts, reason is null);
    }

    [Theory]
    [InlineData(null, null, "APP_API_TOKEN and DAPR_API_TOKEN")]
    [InlineData("a", null, "needs DAPR_API_TOKEN")]
    [InlineData(null, "d", "needs APP_API_TOKEN")]
    public async Task OutsideDevelopment_ItDoesNotStartWithoutTokens(string? appToken, string? daprToken, string reason)
    {
        var (exitCode, error) = await AppStart.RunAsync(
            "AgentMesh.ActorHost", TestContext.Current.CancellationToken, ("ASPNETCORE_ENVIRONMENT", "Production"), ("AgentMesh__Wallets__Provider", "none"), ("APP_API_TOKEN", appToken), ("DAPR_API_TOKEN", daprToken));
        Assert.Equal(1, exitCode);
        Assert.Contains(reason, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    /// <summary>Each route of the app: without its token, with a wrong one, with the right one. A route without a row here fails the test.</summary>
    [Fact]
    public async Task EveryRoute_IsForTheSidecarOnly_ButHealth()
    {
        await using var host = await HostUnderTest.StartAsync(("APP_API_TOKEN", "secret"));
        Assert.Equal(
            [
                "DELETE /actors/{actorTypeName}/{actorId}: 401 401 ok",
                "GET /dapr/config: 401 401 ok",
                "GET /dapr/subscribe: 401 401 ok",
                "GET /healthz: ok ok ok",
                "GET /livez: ok ok ok",
                "GET /metrics: ok ok ok",
                "GET /readyz: ok ok ok",
                "HEAD /healthz: ok ok ok",
                "HEAD /livez: ok ok ok",
                "HEAD /readyz: ok ok ok",
                "POST /dapr/mail: 401 401 ok",
                "PUT /actors/{actorTypeName}/{actorId}/method/remind/{reminderName}: 401 401 ok",
                "PUT /actors/{actorTypeName}/{actorId}/method/timer/{timerName}: 401 401 ok",
                "PUT /actors/{actorTypeName}/{actorId}/method/{methodName}: 401 401 ok",
            ],
            await AppRoutes.AskAsync(host.Http, host.Services.GetRequiredService<EndpointDataSource>().Endpoints, "secret", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Fault_HasNoStackTraceInItsBody()
    {
        await using var host = await HostUnderTest.StartAsync();
        foreach (var (method, body) in new[] { ("PostMessage", "{not json"), ("NoSuchMethod", "{}") })
        {
            using var content = new StringContent(body);
            using var answer = await host.SendAsync("default:alice", method, content);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("traceId", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void RefusalCodesOfMail_AreThoseOfTheContract()
    {
        Assert.Equal(MailCodes.MailNotFound, MailRefusals.MailNotFound.Code);
        Assert.Equal(MailCodes.MailNotDead, MailRefusals.MailNotDead.Code);
        Assert.Equal(MailCodes.MailNotOpen, MailRefusals.MailNotOpen.Code);
        Assert.Equal(MailCodes.MailIsAnswered, MailRefusals.MailIsAnswered.Code);
        Assert.Equal(MailCodes.InvalidRecipient, MailRefusals.InvalidRecipient.Code);
        Assert.Equal(MailCodes.InvalidMail, MailRefusals.InvalidMail("x").Code);
        Assert.Equal(MailCodes.InvalidMailPolicy, MailRefusals.InvalidPolicy("x").Code);
        Assert.Equal(MailCodes.MailNotAllowed, MailRefusals.MailNotAllowed.Code);
        Assert.Equal(MailCodes.MailTooManyHops, MailRefusals.TooManyHops(8).Code);
        Assert.Equal(MailCodes.MailExpired, MailRefusals.MailExpired.Code);
        Assert.Equal(MailCodes.MailOutdated, MailRefusals.MailOutdated.Code);
        Assert.Equal(MailCodes.MailRateLimited, MailRefusals.RateLimited(new RateState(new RateRule(1, TimeSpan.FromSeconds(1)), 0, 1)).Code);
        Assert.Equal(MailCodes.OutboxFull, MailRefusals.OutboxFull.Code);
        Assert.Equal(MailCodes.MailboxFull, MailRefusals.MailboxFull.Code);
        Assert.Equal(TopicCodes.TooManyTopics, TopicRefusals.TooManyTopics.Code);
        Assert.Equal(TopicCodes.TopicFull, TopicRefusals.TopicFull.Code);
    }

    [Fact]
    public void RefusalCodesOfApiKeys_AreThoseOfTheContract()
    {
        Assert.Equal(ApiKeyCodes.InvalidApiKeyRequest, ApiKeyRefusals.Invalid("x").Code);
        Assert.Equal(ApiKeyCodes.ApiKeyNotFound, ApiKeyRefusals.NotFound.Code);
        Assert.Equal(ApiKeyCodes.ApiKeyIdTaken, ApiKeyRefusals.IdTaken.Code);
        Assert.Equal(ApiKeyCodes.TooManyApiKeys, ApiKeyRefusals.TooMany.Code);
        Assert.Equal(AgentRefusals.InvalidLimit, ApiKeyRefusals.InvalidLimit.Code);
        Assert.Equal(AgentRefusals.InvalidCursor, ApiKeyRefusals.InvalidCursor.Code);
    }

    [Fact]
    public void RefusalCodesOfTheAuditChain_AreThoseOfTheContract()
    {
        Assert.Equal(AuditCodes.TooManyAdminActions, AuditRefusals.TooManyOpen.Code);
        Assert.Equal(AgentRefusals.InvalidLimit, AuditRefusals.InvalidLimit.Code);
    }

    [Fact]
    public void RefusalCodes_AreThoseOfTheContract()
    {
        Assert.Equal(AgentRefusals.AgentQuarantined, ConversationRefusals.AgentQuarantined("x").Code);
        Assert.Equal(AgentRefusals.EncryptionKeyMissing, ConversationRefusals.EncryptionKeyMissing.Code);
        Assert.Equal(AgentRefusals.SessionNotFound, ConversationRefusals.SessionNotFound.Code);
        Assert.Equal(AgentRefusals.IdempotencyKeyReused, ConversationRefusals.IdempotencyKeyReused.Code);
        Assert.Equal(AgentRefusals.TooManyIdempotencyKeys, ConversationRefusals.TooManyIdempotencyKeys.Code);
        Assert.Equal(AgentRefusals.InvalidContent, ConversationRefusals.InvalidContent.Code);
        Assert.Equal(AgentRefusals.InvalidLimit, ConversationRefusals.InvalidLimit.Code);
        Assert.Equal(AgentRefusals.ScheduleNotFound, ScheduleRefusals.ScheduleNotFound.Code);
        Assert.Equal(AgentRefusals.InvalidSchedule, ScheduleRefusals.Cron.Code);
        Assert.Equal(AgentRefusals.TooManySchedules, ScheduleRefusals.TooManySchedules.Code);
        Assert.Equal(AgentRefusals.SummaryNotFound, SummaryRefusals.SummaryNotFound.Code);
        Assert.Equal(AgentRefusals.TaskNotFound, CallTaskRefusals.TaskNotFound.Code);
        Assert.Equal(AgentRefusals.TaskInputTooLarge, CallTaskRefusals.TaskInputTooLarge.Code);
        Assert.Equal(AgentRefusals.TooManyTasks, CallTaskRefusals.TooManyTasks.Code);
        Assert.Equal(AgentRefusals.InvalidBudget, BudgetRefusals.InvalidScope.Code);
        Assert.Equal(AgentRefusals.TooManyHolds, BudgetRefusals.TooManyHolds.Code);
        Assert.Equal(
            (EventTypes.Tool, EventTypes.Schedule, EventTypes.Budget, EventTypes.Payment, EventTypes.Policy, EventTypes.Approval),
            (FactTypes.Tool, FactTypes.Schedule, FactTypes.Budget, FactTypes.Payment, FactTypes.Policy, FactTypes.Approval));
    }
}
