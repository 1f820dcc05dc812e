using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>Agents join a topic, and a message to it reaches each of the others once; over the real processes.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed class TopicTests(UntouchedMeshes meshes)
{
    private static readonly string[] Users = ["topic-1", "topic-2", "topic-3", "topic-4", "topic-5"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Message_ReachesAllOthers_OnceEach_AndWhoIsErasedIsNoMember(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        var mesh = await meshes.OnAsync(kind);
        using var http = new HttpClient { BaseAddress = mesh.Ready.Gateway };
        for (var n = 0; n < Users.Length; n++)
            Assert.Equal(n + 1, (await JsonAsync(http, HttpMethod.Post, $"/agent/{Users[n]}/topics/news-of-five")).GetProperty("members").GetInt32());
        Assert.Equal(5, (await JsonAsync(http, HttpMethod.Post, "/agent/topic-1/topics/news-of-five")).GetProperty("members").GetInt32());

        var sent = await SendAsync(http, "hello", "k1");
        Assert.Equal(4, sent.GetProperty("recipients").GetInt32());
        Assert.Equal(sent.GetRawText(), (await SendAsync(http, "hello", "k1")).GetRawText());
        await UntilEachHasAsync(mesh, ["hello"], "topic-2", "topic-3", "topic-4", "topic-5");

        // The erased one is not written to, so it does not begin anew.
        await JsonAsync(http, HttpMethod.Delete, "/agent/topic-5");
        using var left = await http.DeleteAsync(new Uri("/agent/topic-4/topics/news-of-five", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Empty((await JsonAsync(http, HttpMethod.Get, "/agent/topic-4/topics")).GetProperty("topics").EnumerateArray());
        Assert.Equal(sent.GetRawText(), (await SendAsync(http, "hello", "k1")).GetRawText());
        Assert.Equal(2, (await SendAsync(http, "again", "k2")).GetProperty("recipients").GetInt32());
        await UntilEachHasAsync(mesh, ["again", "hello"], "topic-2", "topic-3");
        Assert.Equal(["hello"], await InboxAsync(mesh, "topic-4"));
        Assert.Empty(await InboxAsync(mesh, "topic-5"));
        Assert.Empty(await InboxAsync(mesh, "topic-1"));
        using var outsider = await http.PostAsJsonAsync(new Uri("/agent/topic-4/topics/news-of-five/messages", UriKind.Relative), new { content = "me too" }, Token);
        Assert.Equal(HttpStatusCode.Forbidden, outsider.StatusCode);
    }

    private static async Task<JsonElement> SendAsync(HttpClient http, string content, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/agent/topic-1/topics/news-of-five/messages") { Content = JsonContent.Create(new { content }) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task<JsonElement> JsonAsync(HttpClient http, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task UntilEachHasAsync(Mesh mesh, string[] contents, params string[] users)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (var user in users)
        {
            while (!(await InboxAsync(mesh, user)).SequenceEqual(contents))
            {
                Assert.False(limit.IsCancellationRequested, $"{user} has {string.Join(' ', await InboxAsync(mesh, user))}.");
                await Task.Delay(50, Token);
            }
        }
    }

    /// <summary>Newest first.</summary>
    private static async Task<List<string>> InboxAsync(Mesh mesh, string user)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{mesh.Ready.App("agents").DaprHttpPort}") };
        http.DefaultRequestHeaders.Add("dapr-api-token", Mesh.DaprToken);
        using var answer = await http.PutAsJsonAsync($"/v1.0/actors/AgentActor/default:{user}/method/ListMail", new { isSent = false, limit = 100 }, Token);
        answer.EnsureSuccessStatusCode();
        var page = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        return [.. page.GetProperty("value").GetProperty("messages").EnumerateArray().Select(mail => mail.GetProperty("content").GetString()!)];
    }
}
