using System.Net.Http.Headers;
using System.Text.Json;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Tests.Watching;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>What was opened with an API key ends soon after somebody revokes it, at whichever gateway.</summary>
public sealed class OpenCredentialTests : WatchTest
{
    private const string Bootstrap = "0123456789abcdef0123456789abcdef";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly FakeKeys _keys = new();
    private readonly FakeTickets _tickets = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SocketAndStream_EndWithTheirKey_AndThoseOfAnotherStay(bool isRevokedElsewhere)
    {
        await using var gateway = Begin();
        await using var other = Begin();
        var (key, id) = await MakeAsync(gateway);
        var (second, _) = await MakeAsync(gateway);
        using var socket = await OpenAsync(gateway, key);
        using var stays = await OpenAsync(gateway, second);
        using var stream = await EventStreamClient.GetAsync(Http, At(gateway, $"/agent/alice/events?ticket={await TicketAsync(gateway, key)}"));
        using var byTicket = await SocketClient.ConnectAsync(gateway, "alice", $"?ticket={await TicketAsync(gateway, key)}");
        await SendAsync(isRevokedElsewhere ? other : gateway, HttpMethod.Delete, Bootstrap, $"/admin/keys/{id}?tenant=acme");
        var asked = Calls("GetKey");
        await EndAsync(socket.ToEndAsync(), byTicket.ToEndAsync(), stream.NextOrEndAsync());
        Assert.Equal((4401, "credential ended"), ((int)socket.CloseStatus!, socket.CloseReason));
        Assert.Equal(4401, (int)byTicket.CloseStatus!);
        // Here it is known at once, and there it has been asked for.
        Assert.Equal(isRevokedElsewhere, Calls("GetKey") > asked);
        await stays.SendAsync("""{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", await stays.NextTextAsync());
    }

    /// <summary>Not to know is no reason to close, and a key with which nothing is open is not asked for.</summary>
    [Fact]
    public async Task KeyThatCannotBeAskedFor_StaysAsItIs()
    {
        await using var gateway = Begin();
        var (key, id) = await MakeAsync(gateway);
        using (var socket = await OpenAsync(gateway, key))
        {
            _keys.IsBroken = true;
            await RoundAsync();
            await socket.SendAsync("""{"type":"ping"}""");
            Assert.Equal("""{"type":"pong"}""", await socket.NextTextAsync());
            _keys.IsBroken = false;
            _keys.Revoke("acme", id);
            await EndAsync(socket.ToEndAsync());
        }

        var asked = Calls("GetKey");
        _clock.Advance(OpenCredentials.Period);
        // A round that is over before another key is asked for by a request.
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(gateway, HttpMethod.Get, key, "/agent/alice/info"));
        Assert.Equal(asked + 1, Calls("GetKey"));
    }

    private GatewayServer Begin()
    {
        Agent.Others = call => _keys.Answer(call) ?? _tickets.Answer(call);
        // A second of this clock passes in milliseconds, which is no time to answer a close.
        return Start(
            _clock, ("AgentMesh:Auth:Mode", "ApiKey"), ("AgentMesh:Auth:BootstrapKey", Bootstrap), ("APP_API_TOKEN", "app-token"), ("AgentMesh:Watching:CloseTimeout", "1.00:00:00"));
    }

    private async Task RoundAsync()
    {
        var asked = Calls("GetKey");
        _clock.Advance(OpenCredentials.Period);
        while (Calls("GetKey") == asked)
            await Task.Yield();
    }

    /// <summary>Lets seconds pass until all have ended; the first round may have begun before the test's first second.</summary>
    private async Task EndAsync(params Task[] ends)
    {
        var all = Task.WhenAll(ends);
        for (var seconds = 0; !all.IsCompleted; seconds++)
        {
            Assert.True(seconds < 60, "They are still open after a minute.");
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(all, Task.Delay(20, Token));
        }

        await all;
    }

    private static async Task<SocketClient> OpenAsync(GatewayServer gateway, string key)
    {
        var socket = await SocketClient.OpenAsync(gateway, "alice", ("Authorization", $"Bearer {key}"));
        Assert.True(await socket.IsWelcomeAsync());
        return socket;
    }

    private async Task<(string Key, string Id)> MakeAsync(GatewayServer gateway)
    {
        var made = JsonElement.Parse(await SendAsync(gateway, HttpMethod.Post, Bootstrap, "/admin/keys?tenant=acme", """{"name":"alice","user":"alice","scopes":["user"]}"""));
        return (made.GetProperty("key").GetString()!, made.GetProperty("id").GetString()!);
    }

    private async Task<string> TicketAsync(GatewayServer gateway, string key) =>
        JsonElement.Parse(await SendAsync(gateway, HttpMethod.Post, key, "/agent/alice/ticket")).GetProperty("ticket").GetString()!;

    private async Task<string> SendAsync(GatewayServer gateway, HttpMethod method, string key, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, At(gateway, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await Http.SendAsync(request, Token);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Token);
    }
}
