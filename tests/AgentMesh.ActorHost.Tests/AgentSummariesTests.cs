using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Summaries: due when a model reads much, written with the flush, read by models in place of the older messages.</summary>
public sealed class AgentSummariesTests
{
    private const string Alice = "default:alice";

    /// <summary>Encoded bytes; a page of the messages here has a little more than a quarter of it.</summary>
    private const string ContextBytes = "16384";

    [Fact]
    public async Task LongSession_IsSummarizedByTheFlush_AndTheModelReadsTheSummary()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await TalkAsync(host, 40);
        Assert.Equal("summary_not_found", (await host.SummaryAsync(Alice)).Refusal!.Code);
        Assert.Contains("flush", host.State.RemindersOf(Alice));
        var history = (await host.HistoryAsync(Alice, 1000)).Value!.Messages;
        while (model.Requests.TryRead(out _))
            continue;

        await host.RemindAsync(Alice, "flush");
        Assert.DoesNotContain("flush", host.State.RemindersOf(Alice));
        var asked = await model.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["system", "user"], asked.Messages.Select(message => message.Role));
        Assert.Contains("Summary so far:\n(none)", asked.Messages[1].Text, StringComparison.Ordinal);
        Assert.Contains("\nUser: message 1 x", asked.Messages[1].Text, StringComparison.Ordinal);
        Assert.Contains("\nAssistant: You said: message 1 ", asked.Messages[1].Text, StringComparison.Ordinal);
        Assert.Empty(asked.Tools);
        var summary = await UntilSummaryAsync(host);
        Assert.Equal((64, host.Time.GetUtcNow()), (summary.ThroughSeq, summary.UpdatedAt));
        Assert.StartsWith("You said: Summary so far:\nYou said: Summary so far:\n(none)", summary.Text, StringComparison.Ordinal);
        Assert.Equal(4096, summary.Text.Length);
        Assert.Equal(history, (await host.HistoryAsync(Alice, 1000)).Value!.Messages);

        // Two writings: each takes in half of what a model reads.
        Assert.True(model.Requests.TryRead(out _));
        Assert.False(model.Requests.TryRead(out _));
        await SayAsync(host, 41);
        var read = await model.Requests.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("system", read.Messages[0].Role);
        Assert.EndsWith("where there is a tool for it:\n" + summary.Text, read.Messages[0].Text, StringComparison.Ordinal);
        Assert.Equal(history.First(message => message.Seq > summary.ThroughSeq).Content, read.Messages[1].Text);
    }

    [Fact]
    public async Task ShortSession_HasNone_AndOwnsNoReminder()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await TalkAsync(host, 10);
        Assert.DoesNotContain("flush", host.State.RemindersOf(Alice));
        Assert.Equal("summary_not_found", (await host.SummaryAsync(Alice)).Refusal!.Code);
        Assert.Equal("summary_not_found", (await host.SummaryAsync("default:nobody")).Refusal!.Code);
        Assert.Equal("session_not_found", (await host.SummaryAsync(Alice, new string('a', 26))).Refusal!.Code);
    }

    [Fact]
    public async Task DeactivatedAgent_IsSummarizedAtOnce_OrAtItsNextTurn()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await TalkAsync(host, 40);
        await host.DeactivateAsync(Alice);
        Assert.Equal(64, (await UntilSummaryAsync(host)).ThroughSeq);
        Assert.DoesNotContain("flush", host.State.RemindersOf(Alice));
    }

    [Fact]
    public async Task WithoutAFlush_ItIsWrittenWhenItIsDue()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model, ("AgentMesh:Flush:IntervalSeconds", "0"));
        await TalkAsync(host, 40);
        Assert.InRange((await UntilSummaryAsync(host)).ThroughSeq, 48, 64);
        Assert.DoesNotContain("flush", host.State.RemindersOf(Alice));
    }

    [Fact]
    public async Task FailedWriting_LosesNothing_AndIsDueAgain()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model, ("AgentMesh:Responder:Retries", "0"));
        await TalkAsync(host, 40);
        model.Behave(new ModelBehavior { Status = 500 });
        var before = model.Count;
        await host.RemindAsync(Alice, "flush");
        await HostUnderTest.UntilAsync(() => Task.FromResult(model.Count > before));
        await SayAsync(host, 41);
        Assert.Equal("summary_not_found", (await host.SummaryAsync(Alice)).Refusal!.Code);
        await host.RemindAsync(Alice, "flush");
        Assert.Equal(64, (await UntilSummaryAsync(host)).ThroughSeq);
    }

    /// <summary>What an erased agent was told does not come back, though one of the same name has as many pages by then.</summary>
    [Fact]
    public async Task ErasedWhileItIsWritten_ItIsNotStored()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        await TalkAsync(host, 40);
        using var gate = new SemaphoreSlim(0);
        model.Behave(new ModelBehavior { Gate = gate });
        var before = model.Count;
        await host.RemindAsync(Alice, "flush");
        await HostUnderTest.UntilAsync(() => Task.FromResult(model.Count > before));
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            Assert.NotEmpty(host.State.KeysOf(Alice));
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await TalkAsync(host, 40, 1000);
        gate.Release(100_000);
        // One writing of a session at a time: what is due meanwhile is due again at the next turn.
        var next = 1040;
        await HostUnderTest.UntilAsync(async () =>
        {
            await SayAsync(host, next++);
            await host.RemindAsync(Alice, "flush");
            return (await host.SummaryAsync(Alice)).Refusal is null;
        });
        Assert.DoesNotContain("message 1 ", (await UntilSummaryAsync(host)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletedSession_TakesItsSummaryAlong()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await StartAsync(model);
        var session = (await host.CreateSessionAsync(Alice, "c1")).Value!.Id;
        await TalkAsync(host, 40, session: session);
        await host.RemindAsync(Alice, "flush");
        await UntilSummaryAsync(host, session);
        Assert.Contains($"summary:{session}", host.State.KeysOf(Alice));
        Assert.True((await host.DeleteSessionAsync(Alice, session)).Value!.IsDone);
        Assert.DoesNotContain($"summary:{session}", host.State.KeysOf(Alice));
        Assert.Equal("session_not_found", (await host.SummaryAsync(Alice, session)).Refusal!.Code);
    }

    private static async Task TalkAsync(HostUnderTest host, int exchanges, int first = 1, string? session = null)
    {
        for (var n = 0; n < exchanges; n++)
            await SayAsync(host, first + n, session);
    }

    private static async Task SayAsync(HostUnderTest host, int n, string? session = null)
    {
        var posted = (await host.PostAsync(Alice, $"message {n} {new string('x', 100)}", $"r{n}-{host.Time.GetUtcNow():O}", session: session)).Value!;
        await host.UntilAsync(Alice, posted.Seq + 1);
    }

    private static async Task<Summary> UntilSummaryAsync(HostUnderTest host, string session = "default")
    {
        await HostUnderTest.UntilAsync(async () => (await host.SummaryWorkAsync(Alice, session)).Value!.Messages.Count == 0);
        return (await host.SummaryAsync(Alice, session)).Value!;
    }

    private static Task<HostUnderTest> StartAsync(FakeModelServer model, params (string, string)[] settings) => HostUnderTest.StartAsync(
    [
        ("AgentMesh:Responder:Provider", "openai"),
        ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
        ("AgentMesh:Responder:Model", "test-model"),
        ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"),
        ("AgentMesh:Turns:ContextBytes", ContextBytes),
        ("AgentMesh:Flush:IntervalSeconds", "300"),
        .. settings,
    ]);
}
