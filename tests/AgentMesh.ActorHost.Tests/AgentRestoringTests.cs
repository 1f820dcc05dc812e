using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Tests;

/// <summary>An agent that is made from an export, over the actor's HTTP.</summary>
public sealed class AgentRestoringTests
{
    private const string Alice = "default:alice";
    private const string Session = "abcdefghijklmnopqrstuvwxya";
    private const string Scheduled = "abcdefghijklmnopqrstuvwxye";
    private static readonly DateTimeOffset Then = new(2025, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public async Task RestoredAgent_IsAsItWas_AndGoesOn()
    {
        await using var host = await HostUnderTest.StartAsync(("AgentMesh:Events:Enabled", "true"));
        var begun = await BeginAsync(host, 100);
        await TakeAsync(host, new RestorePart("x", Messages: new RestoreMessages("default", Messages(1, 40))));
        await TakeAsync(host, new RestorePart("x", Session: new RestoreSession(Session, Then, Then, """{"a":1}""", null)));
        await TakeAsync(host, new RestorePart("x", Messages: new RestoreMessages(Session, Messages(41, 42))));
        await TakeAsync(host, new RestorePart("x", Schedule: Schedule));
        await TakeAsync(host, new RestorePart("x", MailPolicy: new MailSettings("ignore", [], ["bob"])));
        await TakeAsync(host, new RestorePart("x", Policy: """{"version":1,"rules":[],"default":"deny"}"""));
        await TakeAsync(host, new RestorePart("x", Topic: new NoteTopic("news")));
        Assert.Equal(AgentRefusals.AgentRestoring, (await host.InfoAsync(Alice)).Refusal?.Code);
        Assert.Equal(AgentRefusals.AgentRestoring, (await host.PostAsync(Alice, "hello", "r1")).Refusal?.Code);
        Assert.Equal(AgentRefusals.AgentRestoring, (await host.HistoryAsync(Alice)).Refusal?.Code);
        await TakeAsync(host, new RestorePart("x", End: begun.CreatedAt));

        await host.DeactivateAsync(Alice);
        var info = (await host.InfoAsync(Alice)).Value!;
        // Behind the page of the exported agent's last number; then the facts of what was set.
        Assert.Equal((42, 128 + 2, begun.CreatedAt), (info.MessageCount, info.LastSeq, info.CreatedAt));
        var history = (await host.HistoryAsync(Alice)).Value!.Messages;
        Assert.Equal(Messages(1, 40), history);
        Assert.Equal(Messages(41, 42), (await host.HistoryAsync(Alice, session: Session)).Value!.Messages);
        Assert.Equal(("Be brief.", Scheduled), ((await host.ProfileAsync(Alice)).Value!.SystemPrompt, Assert.Single(await host.SchedulesAsync(Alice)).Id));
        var session = (await host.GetSessionAsync(Alice, Session)).Value!;
        Assert.Equal((Then, Then, """{"a":1}"""), (session.CreatedAt, session.LastActive, session.Metadata));
        Assert.Equal(["schedule", "policy"], (await host.EventsAsync(Alice)).Value!.Events.Select(one => one.Type));
        Assert.Equal([129L, 130], (await host.EventsAsync(Alice)).Value!.Events.Select(one => one.Seq));

        var posted = (await host.PostAsync(Alice, "hello", "r1")).Value!;
        Assert.Equal((44, 132), (posted.MessageCount, posted.Seq));
        Assert.Equal(42, (await host.HistoryAsync(Alice)).Value!.Messages.Count);
        Assert.Contains("42 messages", posted.Response, StringComparison.Ordinal);
    }

    /// <summary>The caller asks again when an answer is lost.</summary>
    [Fact]
    public async Task EveryPart_MayComeTwice()
    {
        await using var host = await HostUnderTest.StartAsync();
        var begun = await BeginAsync(host, 0);
        RestorePart[] parts =
        [
            new("x", Begin: new RestoredAgent(0, "Be brief.")),
            new("x", Messages: new RestoreMessages("default", Messages(1, 20))),
            new("x", Session: new RestoreSession(Session, Then, Then, null, 3600)),
            new("x", Messages: new RestoreMessages(Session, Messages(21, 22))),
            new("x", Schedule: Schedule),
            new("x", MailPolicy: new MailSettings("ignore", [], [])),
            new("x", Policy: """{"version":1,"rules":[],"default":"deny"}"""),
            new("x", Topic: new NoteTopic("news")),
            new("x", End: begun.CreatedAt),
        ];
        foreach (var part in parts)
        {
            Assert.Equal(begun, await TakeAsync(host, part));
            var keys = host.State.KeysOf(Alice).Select(key => (key, host.State[Alice, key])).ToList();
            await host.DeactivateAsync(Alice);
            Assert.Equal(begun, await TakeAsync(host, part));
            Assert.Equal(keys.Select(key => key.key), host.State.KeysOf(Alice));
            // The head says who wrote it.
            Assert.Equal(keys.Where(key => key.key is not ("head" or "mail")), keys.Select(key => (key.key, host.State[Alice, key.key])).Where(key => key.key is not ("head" or "mail")));
        }

        Assert.Equal(22, (await host.InfoAsync(Alice)).Value!.MessageCount);
        Assert.Equal(20, (await host.HistoryAsync(Alice)).Value!.Messages.Count);
        Assert.Single(await host.SchedulesAsync(Alice));
        Assert.Equal(host.Time.GetUtcNow().AddSeconds(3600), (await host.GetSessionAsync(Alice, Session)).Value!.ExpiresAt);
    }

    [Fact]
    public async Task UsedAgent_IsNotTouched_AndAnotherRestoreWaits()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(AgentRefusals.AgentExists, (await RestoreAsync(host, Alice, new RestorePart("x", Begin: new RestoredAgent(0, null)))).Refusal?.Code);
        Assert.Equal(2, (await host.HistoryAsync(Alice)).Value!.Messages.Count);
        const string Bob = "default:bob";
        Assert.Null((await RestoreAsync(host, Bob, new RestorePart("x", Begin: new RestoredAgent(0, null)))).Refusal);
        Assert.Equal(AgentRefusals.AgentRestoring, (await RestoreAsync(host, Bob, new RestorePart("y", Begin: new RestoredAgent(0, null)))).Refusal?.Code);
        Assert.Equal(AgentRefusals.AgentRestoring, (await RestoreAsync(host, Bob, new RestorePart("y", Messages: new RestoreMessages("default", Messages(1, 2))))).Refusal?.Code);
        // What is not ended is removed as any agent is.
        Assert.True((await host.EraseAsync(Bob)).Value!.IsDone);
        Assert.Empty(host.State.KeysOf(Bob));
        Assert.Equal(AgentRefusals.InvalidExport, (await RestoreAsync(host, Bob, new RestorePart("x", Messages: new RestoreMessages("default", Messages(1, 2))))).Refusal?.Code);
        Assert.Empty(host.State.KeysOf(Bob));
    }

    [Fact]
    public async Task WhatIsNotEnded_IsRemoved_AllOfIt()
    {
        await using var host = await HostUnderTest.StartAsync();
        await BeginAsync(host, 7);
        await TakeAsync(host, new RestorePart("x", Messages: new RestoreMessages("default", Messages(1, 40))));
        await TakeAsync(host, new RestorePart("x", Session: new RestoreSession(Session, Then, Then, null, 3600)));
        await TakeAsync(host, new RestorePart("x", Messages: new RestoreMessages(Session, Messages(41, 80))));
        await TakeAsync(host, new RestorePart("x", Schedule: Schedule));
        await TakeAsync(host, new RestorePart("x", MailPolicy: new MailSettings("ignore", [], [])));
        await TakeAsync(host, new RestorePart("x", Topic: new NoteTopic("news")));
        for (var isDone = false; !isDone;)
            isDone = (await host.EraseAsync(Alice)).Value!.IsDone;
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Empty(host.State.RemindersOf(Alice));
    }

    public static TheoryData<RestorePart, string> Refused => new()
    {
        { new RestorePart("x"), AgentRefusals.InvalidExport },
        { new RestorePart("x", Messages: new RestoreMessages("default", [new HistoryMessage(1, "robot", "a", 1)])), AgentRefusals.InvalidExport },
        { new RestorePart("x", Messages: new RestoreMessages("default", [new HistoryMessage(1, "user", "a", -1)])), AgentRefusals.InvalidExport },
        { new RestorePart("x", Messages: new RestoreMessages("default", [new HistoryMessage(1, "user", "a", long.MaxValue)])), AgentRefusals.InvalidExport },
        { new RestorePart("x", Messages: new RestoreMessages(Session, [new HistoryMessage(1, "user", "a", 1)])), AgentRefusals.SessionNotFound },
        { new RestorePart("x", Schedule: Schedule with { RequestId = "no id" }), AgentRefusals.InvalidExport },
        { new RestorePart("x", Schedule: Schedule with { EverySeconds = 1 }), AgentRefusals.InvalidSchedule },
        { new RestorePart("x", Schedule: Schedule with { SessionId = Session }), AgentRefusals.SessionNotFound },
        { new RestorePart("x", Policy: "{}{"), PolicyRefusals.InvalidPolicy },
        { new RestorePart("x", MailPolicy: new MailSettings("burn", [], [])), MailCodes.InvalidMailPolicy },
        { new RestorePart("x", End: Then), AgentRefusals.AgentRestoring },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task PartThatIsNone_IsRefused_AndStoresNothing(RestorePart part, string code)
    {
        await using var host = await HostUnderTest.StartAsync();
        await BeginAsync(host, 0);
        if (part.End is not null)
            part = part with { RestoreId = "y" };
        var keys = host.State.KeysOf(Alice);
        Assert.Equal(code, (await RestoreAsync(host, Alice, part)).Refusal?.Code);
        Assert.Equal(keys, host.State.KeysOf(Alice));
    }

    private static CreateSchedule Schedule { get; } = new("later", null, null, 3600, null, null, null, null, Scheduled, null);

    private static HistoryMessage[] Messages(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(n => new HistoryMessage(n, n % 2 == 1 ? "user" : "assistant", $"text {n}", 1_700_000_000_000 + n))];

    private static Task<RestoreProgress> BeginAsync(HostUnderTest host, long lastSeq) => TakeAsync(host, new RestorePart("x", Begin: new RestoredAgent(lastSeq, "Be brief.")));

    private static async Task<RestoreProgress> TakeAsync(HostUnderTest host, RestorePart part)
    {
        var reply = await RestoreAsync(host, Alice, part);
        Assert.True(reply.Refusal is null, $"{part}: {reply.Refusal}");
        return reply.Value!;
    }

    private static Task<Reply<RestoreProgress>> RestoreAsync(HostUnderTest host, string agent, RestorePart part) => host.CallAsync(
        agent, nameof(IAgentRestoring.Restore), JsonContent.Create(part, ContractsJson.Default.RestorePart), ContractsJson.Default.ReplyRestoreProgress);
}
