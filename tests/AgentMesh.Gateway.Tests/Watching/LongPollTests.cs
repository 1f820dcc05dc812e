using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Watching;

public sealed class LongPollTests : WatchTest
{
    [Fact]
    public async Task WhatIsThere_IsAnsweredAtOnce()
    {
        Agent.Chat(1);
        await using var gateway = Start();
        Assert.Equal(
            """{"events":[{"seq":2,"at":"2026-11-23T17:06:03.008Z","session":"default","type":"message","data":{"turn":"t1","role":"assistant","content":"You said: said 0"}}],"last":2}""",
            await PollAsync(gateway, "after=1&wait=60"));
    }

    [Theory]
    [InlineData("after=2", 2)]
    [InlineData("after=2&wait=0", 2)]
    [InlineData("", 2)]
    [InlineData("after=100", 2)]
    public async Task NothingNew_WithoutAWait_IsEmpty(string query, long last)
    {
        Agent.Chat(1);
        await using var gateway = Start();
        Assert.Equal($$"""{"events":[],"last":{{last}}}""", await PollAsync(gateway, query));
    }

    [Fact]
    public async Task Waiting_EndsWithTheFirstEvents()
    {
        await using var gateway = Start();
        var answer = PollAsync(gateway, "after=0&wait=60");
        await KnownAsync(gateway);
        await PostAsync(gateway, "hi");
        var events = JsonDocument.Parse(await answer).RootElement;
        Assert.Equal(2, events.GetProperty("last").GetInt64());
    }

    [Fact]
    public async Task Waiting_EndsWithItsTime()
    {
        var clock = new FakeTimeProvider();
        await using var gateway = Start(clock);
        var answer = PollAsync(gateway, "after=0&wait=5");
        await KnownAsync(gateway);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(answer.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("""{"events":[],"last":0}""", await answer);
    }

    [Fact]
    public async Task Shutdown_EndsTheWait()
    {
        await using var gateway = Start();
        var answer = PollAsync(gateway, "after=0&wait=60");
        await KnownAsync(gateway);
        await gateway.StopAsync();
        Assert.Equal("""{"events":[],"last":0}""", await answer);
    }

    [Fact]
    public async Task MoreThanAThousand_ComeInSeveralAnswers()
    {
        Agent.Chat(600);
        await using var gateway = Start();
        var first = JsonDocument.Parse(await PollAsync(gateway, "after=0")).RootElement;
        Assert.Equal((1000, 1000), (first.GetProperty("events").GetArrayLength(), first.GetProperty("last").GetInt32()));
        var second = JsonDocument.Parse(await PollAsync(gateway, "after=1000")).RootElement;
        Assert.Equal((200, 1200), (second.GetProperty("events").GetArrayLength(), second.GetProperty("last").GetInt32()));
    }

    [Fact]
    public async Task Trimmed_ShowsInTheNumbers()
    {
        Agent.Chat(2);
        Agent.First = 4;
        await using var gateway = Start();
        var events = JsonDocument.Parse(await PollAsync(gateway, "after=0")).RootElement.GetProperty("events");
        Assert.Equal([4], events.EnumerateArray().Select(item => item.GetProperty("seq").GetInt64()));
    }

    [Theory]
    [InlineData("wait=-1")]
    [InlineData("wait=61")]
    [InlineData("wait=")]
    [InlineData("wait=x")]
    [InlineData("wait=1&wait=1")]
    public async Task WaitThatIsNone_IsRefused(string query)
    {
        await using var gateway = Start();
        using var response = await GetAsync(gateway, query);
        await response.IsProblemAsync(400, "invalid_wait");
    }

    private async Task<string> PollAsync(GatewayServer gateway, string query)
    {
        using var response = await GetAsync(gateway, query);
        return await response.IsJsonAsync();
    }

    private async Task<HttpResponseMessage> GetAsync(GatewayServer gateway, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(gateway, $"/agent/alice/events?{query}"));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        return await Http.SendAsync(request, Token);
    }
}
