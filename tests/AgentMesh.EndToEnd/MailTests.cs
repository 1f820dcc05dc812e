using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Messages between agents over the real processes: sent, stored, answered, refused, sent again, and waited for at another gateway.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed class MailTests(UntouchedMeshes meshes)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Message_IsSent_Stored_AndRead(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        var (status, sent) = await SendAsync(client, "mail-anna", new { to = "mail-bert", content = "one" }, "k1");
        Assert.Equal(HttpStatusCode.Accepted, status);
        var id = sent.GetProperty("messageId").GetString()!;
        // A repeat, also one that waits, is the same message.
        Assert.Equal(id, (await SendAsync(client, "mail-anna", new { to = "default:mail-bert", content = "one", @await = 1 }, "k1")).Body.GetProperty("messageId").GetString());
        var several = (await SendAsync(client, "mail-anna", new { to = new[] { "mail-bert", "mail-cora" }, content = "two" })).Body.GetProperty("messageIds");
        Assert.Equal(2, several.GetArrayLength());

        var inbox = await UntilAsync(() => GetAsync(client, "/agent/mail-bert/inbox"), page => page.GetProperty("messages").GetArrayLength() == 2);
        Assert.Equal(["two stored", "one stored"], inbox.GetProperty("messages").EnumerateArray().Select(Short));
        await UntilAsync(() => GetAsync(client, "/agent/mail-cora/inbox"), page => page.GetProperty("messages").GetArrayLength() == 1);
        var outbox = await UntilAsync(
            () => GetAsync(client, "/agent/mail-anna/outbox?limit=2"), page => page.GetProperty("messages").EnumerateArray().All(mail => mail.GetProperty("state").GetString() == "delivered"));
        Assert.Equal([several[1].GetString(), several[0].GetString()], outbox.GetProperty("messages").EnumerateArray().Select(mail => mail.GetProperty("id").GetString()));
        var rest = await GetAsync(client, $"/agent/mail-anna/outbox?before={outbox.GetProperty("nextBefore").GetInt64()}");
        Assert.Equal(id, Assert.Single(rest.GetProperty("messages").EnumerateArray()).GetProperty("id").GetString());

        var first = await GetAsync(client, "/agent/mail-bert/inbox/1");
        Assert.Equal((id, "default:mail-anna", "one"), (first.GetProperty("id").GetString(), first.GetProperty("from").GetString(), first.GetProperty("content").GetString()));
        using var read = await client.Http.PostAsync(new Uri("/agent/mail-bert/inbox/1/read", UriKind.Relative), null, Token);
        Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
        Assert.Equal("read", (await GetAsync(client, "/agent/mail-bert/inbox/1")).GetProperty("state").GetString());

        // Whoever watches the receiver hears of it, by id and name.
        var events = await GetAsync(client, "/agent/mail-bert/events?after=0&wait=0", "application/json");
        var mail = events.GetProperty("events").EnumerateArray().First(one => one.GetProperty("type").GetString() == "mail").GetProperty("data");
        Assert.Equal((id, "received", "default:mail-anna"), (mail.GetProperty("mail").GetString(), mail.GetProperty("status").GetString(), mail.GetProperty("from").GetString()));
        Assert.DoesNotContain("\"one\"", events.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Message_IsAnswered_AndTheAnswerIsWaitedFor(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Embedded);
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await SetPolicyAsync(client, "mail-emil", new { receive = "answer" });
        var (status, answered) = await SendAsync(client, "mail-dora", new { to = "mail-emil", content = "Are you there?", @await = 60 }, "k1");
        Assert.Equal(HttpStatusCode.OK, status);
        var reply = answered.GetProperty("reply");
        Assert.Equal("default:mail-emil", reply.GetProperty("from").GetString());
        Assert.Contains("You said: \"Are you there?\".", reply.GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.False(reply.TryGetProperty("failure", out _));
        // The same request finds the same answer.
        Assert.Equal(answered.GetRawText(), (await SendAsync(client, "mail-dora", new { to = "mail-emil", content = "Are you there?", @await = 60 }, "k1")).Body.GetRawText());

        var id = answered.GetProperty("messageId").GetString();
        var sent = await GetAsync(client, $"/agent/mail-dora/outbox/{id}");
        Assert.Equal(("delivered", reply.GetProperty("content").GetString()), (sent.GetProperty("state").GetString(), sent.GetProperty("reply").GetProperty("content").GetString()));
        Assert.Equal(id, (await GetAsync(client, "/agent/mail-dora/inbox/1")).GetProperty("inReplyTo").GetString());
        var received = await GetAsync(client, "/agent/mail-emil/inbox/1");
        Assert.Equal("answered", received.GetProperty("state").GetString());
        var session = await GetAsync(client, $"/agent/mail-emil/history?sessionId={received.GetProperty("sessionId").GetString()}");
        Assert.Equal(["Are you there?", reply.GetProperty("content").GetString()], session.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("content").GetString()));

        var export = (await client.Http.GetStringAsync(new Uri("/agent/mail-dora/export", UriKind.Relative), Token)).Split('\n');
        Assert.Single(export, line => line.StartsWith("""{"kind":"inbox",""", StringComparison.Ordinal));
        Assert.Single(export, line => line.StartsWith("""{"kind":"outbox",""", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task DeniedMessage_IsDead_AndReplayedWhenItIsAllowed(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await SetPolicyAsync(client, "mail-gert", new { receive = "answer", deny = new[] { "mail-fa*" } });
        var (status, dead) = await SendAsync(client, "mail-faye", new { to = "mail-gert", content = "hello", @await = 60 });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("dead", "mail_not_allowed"), (dead.GetProperty("state").GetString(), dead.GetProperty("code").GetString()));
        Assert.Equal(0, (await GetAsync(client, "/agent/mail-gert/inbox")).GetProperty("messages").GetArrayLength());

        await SetPolicyAsync(client, "mail-gert", new { receive = "answer", allow = new[] { "mail-faye" } });
        var id = dead.GetProperty("messageId").GetString();
        var again = await ReplayAsync();
        Assert.NotEqual(id, again);
        Assert.Equal(again, await ReplayAsync());
        var sent = await UntilAsync(() => GetAsync(client, $"/agent/mail-faye/outbox/{again}"), mail => mail.GetProperty("reply").ValueKind != JsonValueKind.Null);
        Assert.Contains("You said: \"hello\".", sent.GetProperty("reply").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal(("dead", again), (await GetAsync(client, $"/agent/mail-faye/outbox/{id}") is var first ? first.GetProperty("state").GetString() : null, first.GetProperty("replayedAs").GetString()));
        using var discard = await client.Http.DeleteAsync(new Uri($"/agent/mail-faye/outbox/{again}", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.Conflict, discard.StatusCode);

        async Task<string> ReplayAsync()
        {
            using var answer = await client.Http.PostAsync(new Uri($"/agent/mail-faye/outbox/{id}/replay", UriKind.Relative), null, Token);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("messageId").GetString()!;
        }
    }

    [Fact]
    public async Task Message_SentAtOneGateway_IsAwaitedAtAnother_AndOverMcp()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var first = new AgentClient(mesh.Ready.Gateways[0]);
        using var second = new AgentClient(mesh.Ready.Gateways[1]);
        await SetPolicyAsync(first, "mail-bob", new { receive = "answer" });
        for (var n = 0; n < 10; n++)
        {
            var message = new { to = "mail-bob", content = $"message {n}" };
            var (accepted, sent) = await SendAsync(first, "mail-alice", message, $"k{n}");
            var (status, answered) = await SendAsync(second, "mail-alice", new { message.to, message.content, @await = 60 }, $"k{n}");
            Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (accepted, status));
            Assert.Equal(sent.GetProperty("messageId").GetString(), answered.GetProperty("messageId").GetString());
            Assert.Contains($"You said: \"message {n}\".", answered.GetProperty("reply").GetProperty("content").GetString(), StringComparison.Ordinal);
        }

        await using var agent = await McpAgent.ConnectAsync(mesh.Ready.Gateways, "mail-alice", "2026-07-28");
        var output = await agent.CallAsync("send_to_agent", new { to = "mail-bob", content = "over MCP", @await = 45, idempotencyKey = "mcp" });
        Assert.Contains("You said: \"over MCP\".", output.GetProperty("reply").GetProperty("content").GetString(), StringComparison.Ordinal);
        // At the other gateway: the same message, and not once more.
        Assert.Equal(output.GetRawText(), (await agent.CallAsync("send_to_agent", new { to = "mail-bob", content = "over MCP", @await = 45, idempotencyKey = "mcp" })).GetRawText());
        Assert.Equal(11, (await GetAsync(first, "/agent/mail-bob/inbox")).GetProperty("messages").GetArrayLength());
    }

    private static string Short(JsonElement mail) => $"{mail.GetProperty("content").GetString()} {mail.GetProperty("state").GetString()}";

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(AgentClient client, string user, object message, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/agent/{user}/send") { Content = JsonContent.Create(message) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.Http.SendAsync(request, Token);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Token));
    }

    private static async Task SetPolicyAsync(AgentClient client, string user, object policy)
    {
        using var answer = await client.Http.PutAsJsonAsync($"/agent/{user}/mail-policy", policy, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetRawText(), (await GetAsync(client, $"/agent/{user}/mail-policy")).GetRawText());
    }

    private static async Task<JsonElement> GetAsync(AgentClient client, string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
            request.Headers.Add("Accept", accept);
        using var answer = await client.Http.SendAsync(request, Token);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    /// <summary>Asks until it is so, for what nobody announces to this client.</summary>
    private static async Task<JsonElement> UntilAsync(Func<Task<JsonElement>> ask, Func<JsonElement, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Patience);
        while (true)
        {
            var answer = await ask();
            if (isSo(answer))
                return answer;
            await Task.Delay(20, limit.Token);
        }
    }
}
