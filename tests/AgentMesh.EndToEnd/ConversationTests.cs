using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd;

/// <summary>One user's conversation over the real processes, on both stores.</summary>
[Collection(nameof(UntouchedMeshes))]
public sealed partial class ConversationTests(UntouchedMeshes meshes)
{
    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task SimultaneousMessages_OfOneUser_AreAnsweredOneByOne(StoreKind kind)
    {
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);

        var posted = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => client.PostAsync("conversation-busy", $"message {number}")));

        var numbers = posted.Select(answer => RememberedCount().Match(answer.Response) is { Success: true } match ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0);
        Assert.Equal(64, numbers.Distinct().Count());
        Assert.Equal(64, posted.Select(answer => answer.Seq).Distinct().Count());
        var history = await client.HistoryAsync("conversation-busy", limit: 10);
        Assert.Equal(128, history.Count);
        foreach (var pair in history.Chunk(2))
        {
            Assert.Equal(["user", "assistant"], pair.Select(message => message.Role));
            Assert.Contains($"You said: \"{pair[0].Content}\".", pair[1].Content, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task Conversation_IsKeptPerUser_AndPaged(StoreKind kind)
    {
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        var untouched = await client.InfoAsync("conversation-carol");
        Assert.Equal(0, untouched.GetProperty("messageCount").GetInt64());
        for (var number = 0; number < 30; number++)
            await client.PostAsync("conversation-alice", $"message {number}");
        await client.PostAsync("conversation-bob", "hello");
        await client.PostAsync("conversation-alice", new string('x', 64 * 1024));

        Assert.Equal(Enumerable.Range(0, 30).Select(number => $"message {number}"), (await client.HistoryAsync("conversation-alice", 9)).Where(message => message.Role == "user").Select(message => message.Content).SkipLast(1));
        Assert.Equal(62, (await client.HistoryAsync("conversation-alice", 1)).Count);
        Assert.Equal(2, (await client.HistoryAsync("conversation-bob")).Count);
        Assert.Equal(62, (await client.InfoAsync("conversation-alice")).GetProperty("messageCount").GetInt64());
    }

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task IdempotencyKey_SameKeySameAnswer_StoredOnce(StoreKind kind)
    {
        var mesh = await meshes.OnAsync(kind);
        using var client = new AgentClient(mesh.Ready.Gateway);
        await client.PostAsync("conversation-dora", "first");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.PostAsync("conversation-dora", "second", "the-key")));

        Assert.Single(answers.Distinct());
        Assert.Equal(4, (await client.HistoryAsync("conversation-dora")).Count);
        var reused = await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("conversation-dora", "third", "the-key"));
        Assert.Equal(HttpStatusCode.Conflict, reused.StatusCode);
    }

    [Fact]
    public async Task WhatIsNotTheGateway_AnswersNobodyWithoutAToken()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var http = new HttpClient();
        var agents = mesh.Ready.App("agents");
        using var app = await http.PutAsJsonAsync($"http://127.0.0.1:{agents.AppPort}/actors/AgentActor/default:conversation-alice/method/PostMessage", new { content = "x", requestId = "r" }, TestContext.Current.CancellationToken);
        using var sidecar = await http.PutAsJsonAsync($"http://127.0.0.1:{agents.DaprHttpPort}/v1.0/actors/AgentActor/default:conversation-alice/method/PostMessage", new { content = "x", requestId = "r" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, app.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, sidecar.StatusCode);
    }

    [Fact]
    public async Task TheDevelopmentGateway_IsNotReachedFromElsewhere_AndBadInputStoresNothing()
    {
        var mesh = await meshes.OnAsync(StoreKind.Embedded);
        using var client = new AgentClient(mesh.Ready.Gateway);
        (HttpStatusCode, Action<HttpRequestMessage>)[] attempts =
        [
            (HttpStatusCode.Forbidden, request => request.Headers.Host = "evil.example"),
            (HttpStatusCode.Forbidden, request => request.Headers.Add("Origin", "http://evil.example")),
            (HttpStatusCode.Forbidden, request => request.Headers.Add("Origin", "http://127.0.0.1:1")),
            (HttpStatusCode.Forbidden, request => request.Headers.Add("X-Forwarded-For", "1.2.3.4")),
            (HttpStatusCode.UnsupportedMediaType, request => request.Content = new StringContent("""{"content":"x"}""")),
            (HttpStatusCode.BadRequest, request => request.Content = new StringContent("""{"content":""", null, "application/json")),
            (HttpStatusCode.BadRequest, request => request.Content = new StringContent("""{"content":1}""", null, "application/json")),
            (HttpStatusCode.BadRequest, request => request.Content = new StringContent(new string('[', 10_000), null, "application/json")),
            (HttpStatusCode.BadRequest, request => request.Content = JsonContent.Create(new { content = "" })),
            (HttpStatusCode.BadRequest, request => request.Content = JsonContent.Create(new { content = new string('x', 64 * 1024 + 1) })),
            (HttpStatusCode.RequestEntityTooLarge, request => request.Content = JsonContent.Create(new { content = new string('x', 1024 * 1024) })),
            (HttpStatusCode.BadRequest, request => request.RequestUri = new Uri("/agent/Conversation-erin/message", UriKind.Relative)),
        ];
        foreach (var (status, change) in attempts)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/agent/conversation-erin/message") { Content = JsonContent.Create(new { content = "x" }) };
            change(request);
            using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.DoesNotContain("   at ", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Equal(0, (await client.InfoAsync("conversation-erin")).GetProperty("messageCount").GetInt64());
    }

    [GeneratedRegex(@"^I remember our conversation \((\d+) messages\)\.")]
    private static partial Regex RememberedCount();
}
