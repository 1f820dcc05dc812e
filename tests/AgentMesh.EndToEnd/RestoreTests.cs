using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>An agent is exported, deleted, and made again from its export, over the real processes and whatever is killed.</summary>
[Collection(nameof(KilledMeshes))]
public sealed class RestoreTests(KilledMeshes meshes)
{
    private const int Many = 10_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RestoredAgent_IsWhatWasExported_AndWhateverDies_AllOfItOrNothing()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await LiveAsync(client);
        var exported = await client.Http.GetStringAsync("/agent/restored-alice/export", Cancellation);

        // Used: nothing is touched.
        await RefusedAsync(await RestoreAsync(client, "restored-alice", exported), HttpStatusCode.Conflict, "agent_exists");
        Assert.Equal(4, (await client.HistoryAsync("restored-alice")).Count);
        using (var erased = await client.Http.DeleteAsync("/agent/restored-alice", Cancellation))
            erased.EnsureSuccessStatusCode();
        // Cut off: nothing is there.
        await RefusedAsync(await RestoreAsync(client, "restored-alice", exported[..exported.LastIndexOf("{\"kind\":\"end\"", StringComparison.Ordinal)]), HttpStatusCode.BadRequest, "invalid_export");
        Assert.Equal(JsonValueKind.Null, (await client.InfoAsync("restored-alice")).GetProperty("createdAt").ValueKind);

        await TakenAsync(await RestoreAsync(client, "restored-alice", exported));
        var again = await client.Http.GetStringAsync("/agent/restored-alice/export", Cancellation);
        foreach (var kind in (string[])["message", "session", "schedule", "mailPolicy", "policy", "topic"])
            Assert.Equal(LinesOf(exported, kind), LinesOf(again, kind));
        using var topic = await client.Http.PostAsJsonAsync("/agent/restored-bob/topics/news-of-restored/messages", new { content = "hello" }, Cancellation);
        Assert.True(topic.IsSuccessStatusCode, await topic.Content.ReadAsStringAsync(Cancellation));
        await client.PostAsync("restored-alice", "Do you remember me?");
        Assert.Equal(6, (await client.HistoryAsync("restored-alice")).Count);

        // The agents die in the midst of it: the gateway goes on.
        var restore = RestoreAsync(client, "restored-carol", ExportOf(Many));
        await BegunAsync(client, "restored-carol", restore);
        await mesh.ReplaceAsync(mesh.Ready.App("agents"));
        await TakenAsync(await restore);
        var history = await client.HistoryAsync("restored-carol");
        Assert.Equal(Enumerable.Range(1, Many), history.Select(message => (int)message.Seq));
        Assert.Equal(Many, (await client.InfoAsync("restored-carol")).GetProperty("messageCount").GetInt32());

        // The gateway dies in the midst of it: the agent is not there until it is restored again.
        var lost = RestoreAsync(client, "restored-dave", ExportOf(Many));
        await BegunAsync(client, "restored-dave", lost);
        await mesh.ReplaceAsync(mesh.Ready.App("gateway"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => lost);
        using var second = new AgentClient(mesh.Ready.Gateway);
        using (var half = await second.Http.GetAsync("/agent/restored-dave/history", Cancellation))
            await RefusedAsync(half, HttpStatusCode.Conflict, "agent_restoring");
        await TakenAsync(await RestoreAsync(second, "restored-dave", ExportOf(100)));
        Assert.Equal(100, (await second.HistoryAsync("restored-dave")).Count);
    }

    private static async Task LiveAsync(AgentClient client)
    {
        await client.PostAsync("restored-alice", "hello");
        await SetAsync(client, HttpMethod.Put, "profile", new { systemPrompt = "Be brief." });
        var session = await SetAsync(client, HttpMethod.Post, "sessions", new { metadata = new { title = "Trip", price = 0.1234567891m }, ttlSeconds = 3600 });
        await SetAsync(client, HttpMethod.Post, "message", new { content = "in the session", sessionId = session.GetProperty("id").GetString() });
        await SetAsync(client, HttpMethod.Post, "schedules", new { content = "later", everySeconds = 3600 });
        await SetAsync(client, HttpMethod.Put, "mail-policy", new { receive = "store", deny = (string[])["mallory"] });
        await SetAsync(client, HttpMethod.Put, "policy", new { version = 1, rules = Array.Empty<object>(), @default = "deny" });
        await SetAsync(client, HttpMethod.Post, "topics/news-of-restored", new { });
        await client.PostAsync("restored-bob", "hello");
        using var joined = await client.Http.PostAsync("/agent/restored-bob/topics/news-of-restored", null, Cancellation);
        joined.EnsureSuccessStatusCode();
        await client.PostAsync("restored-alice", "back again");
    }

    private static async Task<JsonElement> SetAsync(AgentClient client, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, $"/agent/restored-alice/{path}") { Content = JsonContent.Create(body) };
        using var response = await client.Http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>The lines of a kind, without what is of the agent's second life: when its sessions were used last, when it joined, when schedules run.</summary>
    private static List<string> LinesOf(string export, string kind) =>
    [
        .. export.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).Where(line => line.GetProperty("kind").GetString() == kind).Select(line => kind switch
        {
            "session" => $"{line.GetProperty("id")} {line.GetProperty("metadata")} {line.GetProperty("ttlSeconds")} {(line.GetProperty("id").GetString() == "default" ? "" : line.GetProperty("createdAt"))}",
            "schedule" => string.Join(' ', ((string[])["id", "content", "sessionId", "everySeconds", "missed", "status"]).Select(member => line.GetProperty("schedule").GetProperty(member))),
            "topic" => line.GetProperty("name").GetString()!,
            "policy" => line.GetProperty("policy").GetProperty("policy").GetRawText(),
            _ => line.GetRawText(),
        }),
    ];

    private static string ExportOf(int messages)
    {
        var lines = new StringBuilder("""{"kind":"agent","userId":"x","walletAddress":null,"createdAt":null,"lastActive":null,"systemPrompt":null}""").Append('\n')
            .Append("""{"kind":"session","id":"default","createdAt":"2026-01-02T03:04:05Z","lastActive":"2026-01-02T03:04:05Z","metadata":{}}""").Append('\n');
        for (var n = 1; n <= messages; n++)
            lines.Append(null, $$"""{"kind":"message","sessionId":"default","seq":{{n}},"role":"{{(n % 2 == 1 ? "user" : "assistant")}}","content":"text {{n}}","timestamp":{{1_700_000_000_000 + n}}}""").Append('\n');
        return lines.Append(null, $$"""{"kind":"end","sessions":1,"messages":{{messages}},"schedules":0,"inbox":0,"outbox":0,"topics":0,"approvals":0,"payments":0,"events":0}""").Append('\n').ToString();
    }

    private static Task<HttpResponseMessage> RestoreAsync(AgentClient client, string user, string export)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(export));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        return client.Http.PostAsync($"/admin/agents/{user}/restore", content, Cancellation);
    }

    /// <summary>Waits until the agent says that it is made.</summary>
    private static async Task BegunAsync(AgentClient client, string user, Task restore)
    {
        for (var status = HttpStatusCode.OK; status != HttpStatusCode.Conflict;)
        {
            Assert.False(restore.IsCompleted, "It was over before anybody could be killed.");
            using var response = await client.Http.GetAsync($"/agent/{user}/info", Cancellation);
            status = response.StatusCode;
        }
    }

    private static async Task TakenAsync(HttpResponseMessage response)
    {
        using (response)
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancellation)}");
    }

    private static async Task RefusedAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        using (response)
        {
            Assert.Equal(status, response.StatusCode);
            Assert.Equal($"urn:agentmesh:problem:{code}", JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).GetProperty("type").GetString());
        }
    }
}
