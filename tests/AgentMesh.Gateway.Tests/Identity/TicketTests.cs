using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.Gateway.Tests.Watching;
using AgentMesh.Primitives;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>Tickets: what a browser, which sends no header with a WebSocket or an event stream, opens one of them with.</summary>
public sealed class TicketTests : WatchTest
{
    private static readonly AgentKey Alice = new(TenantId.Default, UserId.Parse("alice"));

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly TokenIssuer _issuer = new();
    private readonly FakeTickets _tickets = new();

    [Fact]
    public async Task Ticket_OpensOneSocket_AtWhicheverGateway()
    {
        await using var one = Begin();
        await using var two = Begin();
        var (ticket, expiresAt) = await AskAsync(one);
        Assert.Equal(_clock.GetUtcNow().AddSeconds(60), expiresAt, TimeSpan.FromMilliseconds(1));
        using (var socket = await SocketClient.ConnectAsync(two, "alice", $"?ticket={ticket}&after=0"))
        {
            await socket.SendAsync("""{"type":"ping"}""");
            Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
        }

        foreach (var gateway in (GatewayServer[])[one, two])
            await (await GetAsync(gateway, $"/agent/alice/events?ticket={ticket}")).IsProblemAsync(401, "invalid_token");
        var (agent, use) = _tickets.Uses.First();
        Assert.Equal("default:alice", agent);
        // What names it tells nobody the ticket.
        Assert.DoesNotContain(use.Id, ticket, StringComparison.Ordinal);
        Assert.DoesNotContain(Sidecar.Calls, call => call.Body.Contains(ticket, StringComparison.Ordinal) || call.Headers.Values.Any(value => value.Contains(ticket, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ticket_OpensOneEventStream_OfItsOwnTenant()
    {
        await using var gateway = Begin();
        Agent.Chat(1);
        var (ticket, _) = await AskAsync(gateway, tenant: "acme");
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, $"/agent/alice/events?after=0&ticket={ticket}"));
        Assert.Equal("1", (await stream.NextAsync()).Id);
        Assert.Contains(Sidecar.Calls, call => call.Path.Contains("/acme:alice/", StringComparison.Ordinal));
        Assert.DoesNotContain(Sidecar.Calls, call => call.Path.Contains("/default:alice/", StringComparison.Ordinal));
    }

    /// <summary>The same code of a page does, on the machine of whoever writes it.</summary>
    [Fact]
    public async Task InDevelopment_TicketsAreTheSame()
    {
        await using var gateway = Start(_clock);
        Agent.Others = _tickets.Answer;
        using var answer = await Http.PostAsync(At(gateway, "/agent/alice/ticket"), null, Token);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var ticket = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token)).GetProperty("ticket").GetString();
        (await SocketClient.ConnectAsync(gateway, "alice", $"?ticket={ticket}")).Dispose();
        await (await GetAsync(gateway, $"/agent/alice/events?ticket={ticket}")).IsProblemAsync(401, "invalid_token");
        await (await GetAsync(gateway, "/agent/alice/info?ticket=x")).IsProblemAsync(401, "invalid_token");
    }

    /// <summary>What opens nothing is not spent, and the agent is not asked.</summary>
    [Theory]
    [InlineData("/agent/alice/events?ticket=TICKET", 200)]
    [InlineData("/agent/alice/events?TICKET=TICKET", 200)]
    [InlineData("/t/default/agent/alice/events?ticket=TICKET", 200)]
    [InlineData("/agent/alice?ticket=TICKET", 426)]
    [InlineData("/agent/bob/events?ticket=TICKET", 401)]
    [InlineData("/t/acme/agent/alice/events?ticket=TICKET", 401)]
    [InlineData("/agent/alice/events?ticket=TICKET&ticket=TICKET", 401)]
    [InlineData("/agent/alice/events?ticket=TICKETA", 401)]
    [InlineData("/agent/alice/events?ticket=", 401)]
    [InlineData("/agent/alice/events?ticket", 401)]
    [InlineData("/agent/alice/history?ticket=TICKET", 401)]
    [InlineData("/agent/alice/mcp?ticket=TICKET", 401)]
    [InlineData("/healthz?ticket=TICKET", 401)]
    public async Task Ticket_IsForItsAgentsEventsOnly(string path, int status)
    {
        await using var gateway = Begin();
        var (ticket, _) = await AskAsync(gateway);
        using var answer = await GetAsync(gateway, path.Replace("=TICKET", "=" + ticket, StringComparison.Ordinal));
        if (status == 401)
        {
            await answer.IsProblemAsync(401, "invalid_token");
            Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
            Assert.Empty(Sidecar.Calls);
        }

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task TicketAndToken_AreTwoCredentials()
    {
        await using var gateway = Begin();
        var (ticket, _) = await AskAsync(gateway);
        using var answer = await GetAsync(gateway, $"/agent/alice/events?ticket={ticket}", _issuer.Token());
        await answer.IsProblemAsync(401, "invalid_token");
        Assert.Empty(Sidecar.Calls);
    }

    [Theory]
    [InlineData(59_999, 200)]
    [InlineData(60_000, 401)]
    public async Task Ticket_IsGoodForAMinute(int milliseconds, int status)
    {
        await using var gateway = Begin();
        var (ticket, _) = await AskAsync(gateway);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        using var answer = await GetAsync(gateway, $"/agent/alice/events?ticket={ticket}");
        Assert.Equal(status, (int)answer.StatusCode);
    }

    /// <summary>A replica whose app token is another one is no replica.</summary>
    [Fact]
    public async Task Ticket_OfAnotherMesh_IsNone()
    {
        await using var one = Begin();
        await using var other = Begin("another-token");
        var (ticket, _) = await AskAsync(one);
        await (await GetAsync(other, $"/agent/alice/events?ticket={ticket}")).IsProblemAsync(401, "invalid_token");
    }

    [Fact]
    public async Task WhatATicketSays_EndsWithTheTokenItWasAskedForWith()
    {
        await using var gateway = Begin();
        var ends = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().AddSeconds(40).ToUnixTimeSeconds());
        var (ticket, expiresAt) = await AskAsync(gateway, token: _issuer.Token(expires: ends - DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(100)));
        var said = gateway.Services.GetRequiredService<TicketSeal>().Open(ticket)!;
        // The clock skew that tokens are given: until then it would still open a socket itself.
        Assert.Equal(ends.AddSeconds(30), said.EndsAt);
        Assert.Equal(expiresAt, said.ExpiresAt, TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData(59, 59)]
    [InlineData(60, 60)]
    [InlineData(61, 60)]
    public async Task Ticket_DoesNotOutliveItsToken(int credential, int seconds)
    {
        await using var gateway = Begin();
        var now = _clock.GetUtcNow();
        var (_, expiresAt) = gateway.Services.GetRequiredService<TicketSeal>().Make(Alice, now.AddSeconds(credential));
        Assert.Equal(now.AddSeconds(seconds), expiresAt, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task SocketAndStream_EndWithTheirCredential()
    {
        await using var gateway = Begin();
        var seal = gateway.Services.GetRequiredService<TicketSeal>();
        var end = _clock.GetUtcNow().AddSeconds(20);
        using var socket = await SocketClient.ConnectAsync(gateway, "alice", $"?ticket={seal.Make(Alice, end).Text}");
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, $"/agent/alice/events?ticket={seal.Make(Alice, end).Text}"));
        _clock.Advance(TimeSpan.FromSeconds(19));
        await socket.SendAsync("""{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
        var (closed, ended) = (socket.ToEndAsync(), stream.NextOrEndAsync());
        Assert.False(ended.IsCompleted);
        // The tick after the end may be the next one: the clock of the process has begun before that of the test.
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(await closed);
        Assert.Equal((4401, "credential ended"), ((int)socket.CloseStatus!, socket.CloseReason));
        Assert.Null(await ended);
    }

    /// <summary>The token itself ends a socket too.</summary>
    [Fact]
    public async Task SocketOfAToken_EndsWithIt()
    {
        await using var gateway = Begin();
        using var socket = await SocketClient.OpenAsync(gateway, "alice", ("Authorization", $"Bearer {_issuer.Token(expires: TimeSpan.FromSeconds(10))}"));
        Assert.True(await socket.IsWelcomeAsync());
        var closed = socket.ToEndAsync();
        _clock.Advance(TimeSpan.FromSeconds(42));
        await closed;
        Assert.Equal(4401, (int)socket.CloseStatus!);
    }

    [Theory]
    [InlineData("4", false)]
    [InlineData("5", true)]
    [InlineData("300", true)]
    [InlineData("301", false)]
    public void Lifetime_HasARange(string seconds, bool isValid)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("AgentMesh:Tickets:LifetimeSeconds", seconds)]).Build();
        var options = new TicketOptions();
        configuration.GetSection(TicketOptions.Section).Bind(options);
        Assert.Equal(isValid, new DataAnnotationValidateOptions<TicketOptions>(null).Validate(null, options).Succeeded);
    }

    private GatewayServer Begin(string appToken = "app-token")
    {
        Agent.Others = _tickets.Answer;
        return Start(_clock, [.. _issuer.Settings.Select(setting => (setting.Key, setting.Value)), ("APP_API_TOKEN", appToken)]);
    }

    private async Task<(string Ticket, DateTimeOffset ExpiresAt)> AskAsync(GatewayServer gateway, string tenant = "default", string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(gateway, "/agent/alice/ticket"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? _issuer.Token(tenant: tenant));
        using var answer = await Http.SendAsync(request, Token);
        var body = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body);
        var made = JsonElement.Parse(body);
        Assert.Empty(Sidecar.Calls);
        return (made.GetProperty("ticket").GetString()!, made.GetProperty("expiresAt").GetDateTimeOffset());
    }

    private async Task<HttpResponseMessage> GetAsync(GatewayServer gateway, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(gateway, path));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
