using System.Globalization;
using System.Net;

namespace AgentMesh.ActorHost.Tests;

/// <summary>The agent over HTTP, with every stored value damaged on its way as daprd does.</summary>
public sealed class AgentConversationTests
{
    private const string Alice = "default:alice";

    [Fact]
    public async Task Conversation_IsRememberedAcrossDeactivation()
    {
        await using var host = await HostUnderTest.StartAsync();
        var first = (await host.PostAsync(Alice, "hello", "r1")).Value!;
        Assert.Equal("This is our first message. You said: \"hello\".", first.Response);
        Assert.Equal((2, 2, "1", "default"), (first.MessageCount, first.Seq, first.TurnId, first.SessionId));

        await host.DeactivateAsync(Alice);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var second = (await host.PostAsync(Alice, "again", "r2")).Value!;
        Assert.Equal("I remember our conversation (2 messages). You said: \"again\".", second.Response);
        Assert.Equal((4, 4, "3", "default"), (second.MessageCount, second.Seq, second.TurnId, second.SessionId));

        var info = (await host.InfoAsync(Alice)).Value!;
        Assert.Equal(4, info.MessageCount);
        Assert.Equal(TimeSpan.FromSeconds(1), info.LastActive - info.CreatedAt);
        var history = (await host.HistoryAsync(Alice)).Value!;
        Assert.Equal([1L, 2, 3, 4], history.Messages.Select(message => message.Seq));
        Assert.Equal(["user", "assistant", "user", "assistant"], history.Messages.Select(message => message.Role));
        Assert.Equal(info.LastActive!.Value.ToUnixTimeMilliseconds(), history.Messages[^1].Timestamp);
        Assert.Null(history.NextBefore);
    }

    [Fact]
    public async Task Agents_ShareNothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(2, (await host.PostAsync("default:bob", "hello", "r1")).Value!.MessageCount);
        Assert.Equal(2, (await host.PostAsync("other:alice", "hello", "r1")).Value!.MessageCount);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task Repeat_HasTheSameAnswer_AndStoresNothing(string? key)
    {
        await using var host = await HostUnderTest.StartAsync();
        var answer = (await host.PostAsync(Alice, "once", "r1", key)).Value!;
        for (var n = 2; n <= 30; n++)
            await host.PostAsync(Alice, "more", $"r{n}");
        await host.DeactivateAsync(Alice);
        Assert.Equal(answer, (await host.PostAsync(Alice, "once", "r1", key)).Value);
        Assert.Equal(60, (await host.InfoAsync(Alice)).Value!.MessageCount);
    }

    [Fact]
    public async Task KeyWithAnotherBody_IsRefused()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "once", "r1", "key");
        Assert.Equal("idempotency_key_reused", (await host.PostAsync(Alice, "other", "r2", "key")).Refusal!.Code);
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
    }

    [Fact]
    public async Task FailedSave_AcknowledgesNothing_AndTheRetryActsOnce()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        host.State.FailNextPut = Testing.FailedPut.BeforeStoring;
        await AssertFailsAsync(host, "lost", "r2");
        Assert.Equal(2, (await host.InfoAsync(Alice)).Value!.MessageCount);
        var retried = (await host.PostAsync(Alice, "lost", "r2")).Value!;
        Assert.Equal((4, 4, "3"), (retried.MessageCount, retried.Seq, retried.TurnId));
    }

    [Fact]
    public async Task LostAnswerOfASave_IsRecognisedByTheRetry()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        host.State.FailNextPut = Testing.FailedPut.AfterStoring;
        await AssertFailsAsync(host, "stored", "r2");
        var retried = (await host.PostAsync(Alice, "stored", "r2")).Value!;
        Assert.Equal((4, 4, "3"), (retried.MessageCount, retried.Seq, retried.TurnId));
        Assert.Equal(4, (await host.InfoAsync(Alice)).Value!.MessageCount);
    }

    [Theory]
    [InlineData("head", "{}")]
    [InlineData("head", """{"v":99}""")]
    [InlineData("head", "[1]")]
    [InlineData("page:default:1", null)]
    [InlineData("page:default:1", """{"v":1,"messages":[]}""")]
    [InlineData("page:default:1", """{"v":1,"messages":[{"seq":1}]}""")]
    public async Task DamagedState_IsQuarantined_AndNothingIsWritten(string key, string? value)
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        await host.DeactivateAsync(Alice);
        var whole = host.State[Alice, key];
        host.State[Alice, key] = value;
        host.State.TakeCalls();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Equal("agent_quarantined", (await host.PostAsync(Alice, "hello", "r2")).Refusal!.Code);
            Assert.Equal("agent_quarantined", (await host.PostAsync(Alice, "hello", "r3", "key")).Refusal!.Code);
            Assert.Equal("agent_quarantined", (await host.HistoryAsync(Alice)).Refusal!.Code);
        }

        // But that it is damaged, in its tenant's list.
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal) && call != "PUT quarantined");
        Assert.Equal(value, host.State[Alice, key]);

        host.State[Alice, key] = whole;
        Assert.Equal(4, (await host.PostAsync(Alice, "repaired", "r4")).Value!.MessageCount);
    }

    [Fact]
    public async Task PageAheadOfItsHead_IsCutBack()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var head = host.State[Alice, "head"];
        await host.PostAsync(Alice, "half", "r2");
        await host.DeactivateAsync(Alice);
        host.State[Alice, "head"] = head;

        Assert.Equal(2, (await host.HistoryAsync(Alice)).Value!.Messages.Count);
        Assert.Equal(4, (await host.PostAsync(Alice, "whole", "r3")).Value!.MessageCount);
        Assert.Equal("whole", (await host.HistoryAsync(Alice)).Value!.Messages[2].Content);
    }

    [Fact]
    public async Task NewPageAheadOfItsHead_IsOverwritten()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 8; n++)
            await host.PostAsync(Alice, "hello", $"r{n}");
        host.State[Alice, "page:default:2"] = """
            {"v":1,"messages":[{"seq":17,"role":"user","content":"half","at":"2026-01-01T00:00:00.000Z","turn":9,"count":17}]}
            """;
        Assert.Equal(18, (await host.PostAsync(Alice, "whole", "r9")).Value!.MessageCount);
        Assert.Equal("whole", (await host.HistoryAsync(Alice)).Value!.Messages[16].Content);
    }

    [Fact]
    public async Task AnotherActivation_IsNoticedWhereItOpenedAPage_AndTheRetryFindsTheTruth()
    {
        await using var stale = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 8; n++)
            await stale.PostAsync(Alice, "hello", $"r{n}");
        await using var other = await HostUnderTest.StartAsync();
        Copy(stale, other);
        await other.PostAsync(Alice, "theirs", "r9");
        Copy(other, stale);

        await AssertFailsAsync(stale, "ours", "r10");
        Assert.Equal(20, (await stale.PostAsync(Alice, "ours", "r10")).Value!.MessageCount);
        Assert.Equal(
            ["theirs", "ours"],
            (await stale.HistoryAsync(Alice)).Value!.Messages.Where(message => message.Role == "user").TakeLast(2).Select(message => message.Content));
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public async Task AfterASilence_TheHeadIsReadAgain(int seconds, bool noticed)
    {
        await using var stale = await HostUnderTest.StartAsync();
        await stale.PostAsync(Alice, "hello", "r1");
        await using var other = await HostUnderTest.StartAsync();
        Copy(stale, other);
        await other.PostAsync(Alice, "theirs", "r2");
        Copy(other, stale);

        stale.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(noticed ? 6 : 4, (await stale.PostAsync(Alice, "ours", "r3")).Value!.MessageCount);
    }

    [Fact]
    public async Task AfterASilence_TheOwnHeadCostsOneRead()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        host.Time.Advance(TimeSpan.FromMinutes(1));
        host.State.TakeCalls();
        await host.PostAsync(Alice, "hello", "r2");
        await host.PostAsync(Alice, "hello", "r3");
        Assert.Equal(["GET head", "PUT head page:default:1 events:1", "PUT head page:default:1 events:1"], host.State.TakeCalls());
    }

    [Fact]
    public async Task EveryActivationThatWrites_HasAGreaterEpoch()
    {
        await using var host = await HostUnderTest.StartAsync();
        var last = 0L;
        for (var n = 0; n < 5; n++)
        {
            await host.PostAsync(Alice, "hello", $"r{n}");
            await host.DeactivateAsync(Alice);
            using var head = System.Text.Json.JsonDocument.Parse(host.State[Alice, "head"]!);
            var epoch = long.Parse(head.RootElement.GetProperty("epoch").GetString()!, CultureInfo.InvariantCulture);
            Assert.True(epoch > last);
            last = epoch;
        }
    }

    [Fact]
    public async Task BiggestMessage_IsStoredWithItsReply()
    {
        await using var host = await HostUnderTest.StartAsync();
        var biggest = new string('\u0001', 64 * 1024);
        var answer = (await host.PostAsync(Alice, biggest, "r1")).Value!;
        await host.DeactivateAsync(Alice);
        var history = (await host.HistoryAsync(Alice)).Value!;
        Assert.Equal([biggest, answer.Response], history.Messages.Select(message => message.Content));
        Assert.Equal("invalid_content", (await host.PostAsync(Alice, biggest + "a", "r2")).Refusal!.Code);
    }

    [Fact]
    public async Task PostsAtOnce_AreSerial()
    {
        await using var host = await HostUnderTest.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => host.PostAsync(Alice, $"m{n}", $"r{n}")));
        Assert.Equal(Enumerable.Range(1, 40).Select(n => 2L * n), answers.Select(answer => answer.Value!.MessageCount).Order());
        var history = (await host.HistoryAsync(Alice)).Value!;
        Assert.Equal(Enumerable.Range(1, 80).Select(n => (long)n), history.Messages.Select(message => message.Seq));
    }

    /// <summary>Dapr gives the next turn then, and the store does what it was sent all the same: the one must not work on what is there before the other.</summary>
    [Fact]
    public async Task TurnWhoseCallerLeavesWhileItSaves_IsThereForTheNextOne()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        var (arrived, goOn) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        host.State.BeforePut = () =>
        {
            host.State.BeforePut = null;
            arrived.SetResult();
            return goOn.Task;
        };
        using var leaves = new CancellationTokenSource();
        using var body = new StringContent("""{"content":"left","requestId":"r2","idempotencyKey":"key"}""");
        var left = host.Http.PutAsync(new Uri($"actors/AgentActor/{Alice}/method/PostMessage", UriKind.Relative), body, leaves.Token);
        await arrived.Task.WaitAsync(TestContext.Current.CancellationToken);
        await leaves.CancelAsync();
        var next = host.PostAsync(Alice, "next", "r3");
        // Long enough for a turn that does not wait: as long as another agent takes to do the same so many times.
        for (var n = 0; n < 40 && !next.IsCompleted; n++)
            await host.PostAsync("default:bob", "hello", $"b{n}");
        goOn.SetResult();
        // The test's server ends a request when the app has.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(6, (await next).Value!.MessageCount);
        Assert.Equal((4, "left"), ((await host.PostAsync(Alice, "left", "r5", "key")).Value!.Seq, (await host.HistoryAsync(Alice)).Value!.Messages[2].Content));
    }

    private static async Task AssertFailsAsync(HostUnderTest host, string content, string requestId)
    {
        using var body = new StringContent($$"""{"content":"{{content}}","requestId":"{{requestId}}"}""");
        using var answer = await host.SendAsync(Alice, "PostMessage", body);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("urn:agentmesh:problem:internal_error", text, StringComparison.Ordinal);
        // A stack trace, or an exception's name, would reach the caller through the sidecar.
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    private static void Copy(HostUnderTest from, HostUnderTest to)
    {
        foreach (var key in from.State.KeysOf(Alice))
            to.State[Alice, key] = from.State[Alice, key];
    }
}
