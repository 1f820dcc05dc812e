using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Messages between agents, over the records and calls that a sidecar sees.</summary>
public sealed class AgentMailTests
{
    private const string Alice = "default:alice";
    private const string Bob = "default:bob";

    [Fact]
    public async Task Message_IsStoredWithItsSender_ThenBrought_AndBothSidesKnow()
    {
        await using var host = await HostUnderTest.StartAsync();
        var sent = (await host.SendMailAsync(Alice, "r1", Bob)).Value!;
        await UntilSettledAsync(host, Alice, 1);
        var out1 = Assert.Single(await host.MailAsync(Alice, isSent: true));
        var in1 = Assert.Single(await host.MailAsync(Bob, isSent: false));
        Assert.Equal((sent.MessageIds[0], MailStates.Delivered, Bob, "hello"), (out1.Id, out1.State, out1.To, out1.Content));
        Assert.Equal((sent.MessageIds[0], MailStates.Stored, Alice, "hello", 1L), (in1.Id, in1.State, in1.From, in1.Content, in1.N));
        Assert.Equal([Alice], in1.Via);
        var events = (await host.EventsAsync(Bob)).Value!.Events;
        Assert.Equal($$"""{"mail":"{{in1.Id}}","status":"received","from":"{{Alice}}"}""", Assert.Single(events).Data.Json);
    }

    [Fact]
    public async Task Sending_IsOneTransaction()
    {
        await using var host = await HostUnderTest.StartAsync();
        host.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith("DeliverMail", StringComparison.Ordinal));
        await host.SendMailAsync(Alice, "r1", Bob);
        Assert.Equal(["PUT head mail events:1 mail-out:1"], host.State.TakeCalls().Where(call => call.StartsWith("PUT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Repeat_SendsOnce_AndIsToldTheSame()
    {
        await using var host = await HostUnderTest.StartAsync();
        var first = (await host.SendMailAsync(Alice, "r1", Bob)).Value!.MessageIds;
        Assert.Equal(first, (await host.SendMailAsync(Alice, "r1", Bob)).Value!.MessageIds);
        var keyed = new SendMail("r2", "key", [Bob], "again");
        var second = (await host.SendMailAsync(Alice, keyed)).Value!.MessageIds;
        Assert.Equal(second, (await host.SendMailAsync(Alice, keyed with { RequestId = "r3" })).Value!.MessageIds);
        Assert.Equal("idempotency_key_reused", (await host.SendMailAsync(Alice, keyed with { Content = "another" })).Refusal!.Code);
        await UntilSettledAsync(host, Alice, 2);
        Assert.Equal(2, (await host.MailAsync(Bob, isSent: false)).Count);
    }

    /// <summary>The store keeps what it was told and the answer is lost: sent again by the same request id, it is there once.</summary>
    [Fact]
    public async Task AnswerOfTheStoreLost_SendsOnce()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hi", "r0");
        host.State.FailNextPut = FailedPut.AfterStoring;
        await host.SendAsync(Alice, nameof(IAgentMail.SendMail), System.Net.Http.Json.JsonContent.Create(new SendMail("r1", null, [Bob], "hello"), ContractsJson.Default.SendMail));
        await host.SendMailAsync(Alice, "r1", Bob);
        await host.SendMailAsync(Alice, "r2", Bob);
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await host.RemindAsync(Alice, "schedule");
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Bob, isSent: false)).Count == 2);
        Assert.Equal([2L, 1L], (await host.MailAsync(Bob, isSent: false)).Select(mail => mail.N));
    }

    [Fact]
    public async Task DeliveredTwice_IsThereOnce_AndTheRefusalStands()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetMailPolicyAsync(Bob, "store", deny: ["mallory"]);
        var mail = Delivery(host, "default:carol", 3);
        Assert.Null((await host.DeliverMailAsync(Bob, mail)).Value!.Code);
        Assert.Null((await host.DeliverMailAsync(Bob, mail)).Value!.Code);
        Assert.Null((await host.DeliverMailAsync(Bob, mail with { N = 2 })).Value!.Code);
        var refused = Delivery(host, "default:mallory", 1);
        Assert.Equal(MailCodes.MailNotAllowed, (await host.DeliverMailAsync(Bob, refused)).Value!.Code);
        await host.SetMailPolicyAsync(Bob, "store");
        Assert.Equal(MailCodes.MailNotAllowed, (await host.DeliverMailAsync(Bob, refused)).Value!.Code);
        Assert.Null((await host.DeliverMailAsync(Bob, refused with { N = 2 })).Value!.Code);
        Assert.Equal(2, (await host.MailAsync(Bob, isSent: false)).Count);
    }

    [Fact]
    public async Task Unreached_IsTriedAgain_InOrder_AfterAPauseAndWithItsReason()
    {
        await using var host = await HostUnderTest.StartAsync();
        host.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith("DeliverMail", StringComparison.Ordinal));
        await host.SendMailAsync(Alice, "r1", Bob);
        await host.SendMailAsync(Alice, "r2", Bob);
        await AdvanceUntilAsync(host, async () => (await host.MailAsync(Alice, isSent: true))[^1].Code == MailCodes.RecipientUnreached);
        Assert.Equal(["schedule"], host.State.RemindersOf(Alice));
        Assert.Empty(await host.MailAsync(Bob, isSent: false));
        host.State.BeforeInvoke = null;
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await host.RemindAsync(Alice, "schedule");
        await UntilSettledAsync(host, Alice, 2);
        Assert.Equal([2L, 1L], (await host.MailAsync(Bob, isSent: false)).Select(mail => mail.N));
        Assert.Equal(["2", "1"], (await host.MailAsync(Bob, isSent: false)).Select(mail => mail.Id.Split('-')[0]));
    }

    /// <summary>The process dies with the run: nobody else knows of it, and the reminder finds the line.</summary>
    [Fact]
    public async Task LostRun_IsFoundByTheReminder_AndAnIdleAgentOwnsNone()
    {
        await using var lost = await HostUnderTest.StartAsync();
        lost.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith("DeliverMail", StringComparison.Ordinal));
        await lost.SendMailAsync(Alice, "r1", Bob);
        await using var host = await HostUnderTest.StartAsync();
        foreach (var key in lost.State.KeysOf(Alice))
            host.State[Alice, key] = lost.State[Alice, key];
        await host.InfoAsync(Alice);
        Assert.Equal(["schedule"], host.State.RemindersOf(Alice));
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await host.RemindAsync(Alice, "schedule");
        await UntilSettledAsync(host, Alice, 1);
        Assert.Single(await host.MailAsync(Bob, isSent: false));
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty(host.State.RemindersOf(Alice));
        Assert.Empty(host.State.RemindersOf(Bob));
    }

    [Fact]
    public async Task Answer_IsSentBack_AndKnownByTheMessageItAnswers()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetMailPolicyAsync(Bob, "answer");
        var id = (await host.SendMailAsync(Alice, "r1", Bob)).Value!.MessageIds[0];
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 1);
        var answer = Assert.Single(await host.MailAsync(Alice, isSent: false));
        Assert.Equal((Bob, id, null, MailStates.Stored), (answer.From, answer.InReplyTo, answer.Failure, answer.State));
        Assert.Contains("hello", answer.Content, StringComparison.Ordinal);
        Assert.Equal([Alice, Bob], answer.Via);
        Assert.Equal(answer.Id, (await GetSentAsync(host, Alice, id)).Reply!.Id);
        var question = Assert.Single(await host.MailAsync(Bob, isSent: false));
        Assert.Equal(MailStates.Answered, question.State);
        // In a session of the two, and not in the owner's.
        Assert.Equal(2, (await host.HistoryAsync(Bob, session: question.SessionId)).Value!.Messages.Count);
        Assert.Empty((await host.HistoryAsync(Bob)).Value!.Messages);
    }

    /// <summary>The sender is told what it is told of one that is kept, also when it is brought twice.</summary>
    [Fact]
    public async Task Ignored_IsDelivered_AndNothingIsKeptOfIt()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetMailPolicyAsync(Bob, "ignore");
        var id = (await host.SendMailAsync(Alice, "r1", Bob)).Value!.MessageIds[0];
        await UntilSettledAsync(host, Alice, 1);
        var sent = await GetSentAsync(host, Alice, id);
        Assert.Equal((MailStates.Delivered, null, null), (sent.State, sent.Code, sent.Reply));
        var mail = Delivery(host, "default:carol", 1);
        Assert.Equal(new MailTaken(false, null, null), (await host.DeliverMailAsync(Bob, mail)).Value);
        Assert.Equal(new MailTaken(false, null, null), (await host.DeliverMailAsync(Bob, mail)).Value);
        Assert.Empty(await host.MailAsync(Bob, isSent: false));
        Assert.DoesNotContain(host.State.KeysOf(Bob), key => key.StartsWith("mail-in:", StringComparison.Ordinal));
        Assert.Empty((await host.EventsAsync(Bob)).Value!.Events);
        Assert.DoesNotContain(host.State.KeysOf(Bob), key => host.State[Bob, key]!.Contains("hello", StringComparison.Ordinal));
        // What comes after it is kept, if it is to be.
        await host.SetMailPolicyAsync(Bob, "store");
        await host.SendMailAsync(Alice, "r2", Bob);
        await UntilSettledAsync(host, Alice, 2);
        Assert.Equal(3, Assert.Single(await host.MailAsync(Bob, isSent: false)).N);
    }

    /// <summary>Two that answer everything do not go on for ever: nobody answers an answer.</summary>
    [Fact]
    public async Task Answer_IsNotAnswered()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetMailPolicyAsync(Alice, "answer");
        await host.SetMailPolicyAsync(Bob, "answer");
        await host.SendMailAsync(Alice, "r1", Bob);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 1);
        await UntilSettledAsync(host, Bob, 1);
        Assert.Equal(MailStates.Stored, Assert.Single(await host.MailAsync(Alice, isSent: false)).State);
        Assert.Single(await host.MailAsync(Alice, isSent: true));
    }

    [Fact]
    public async Task ModelsAnswer_OutlivesTheActivation_AndItsFailureIsToldToo()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()), ("AgentMesh:Responder:Model", "m"),
            ("AgentMesh:Responder:ApiKey", "sk-test-0123456789"), ("AgentMesh:Responder:MaxRetries", "0"));
        await host.SetMailPolicyAsync(Bob, "answer");
        using var gate = new SemaphoreSlim(0);
        model.Behave(new ModelBehavior { Gate = gate });
        await host.SendMailAsync(Alice, "r1", Bob);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Bob, isSent: false)) is [{ State: MailStates.Answering }]);
        await host.DeactivateAsync(Bob);
        gate.Release(1000);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 1);
        Assert.Equal(MailStates.Answered, Assert.Single(await host.MailAsync(Bob, isSent: false)).State);

        model.Behave(new ModelBehavior { Status = 400 });
        await host.SendMailAsync(Alice, "r2", Bob);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync(Alice, isSent: false)).Count == 2);
        var failed = (await host.MailAsync(Alice, isSent: false))[0];
        Assert.Equal(AgentRefusals.TurnFailed, failed.Failure);
        Assert.Equal(MailStates.Failed, (await host.MailAsync(Bob, isSent: false))[0].State);
    }

    /// <summary>Whoever is answered of the agent's own money waits when there is none, and is passed by a message that brings its own.</summary>
    [Fact]
    public async Task MessageWhoseSessionIsPaused_IsPassedByOthers_AndKeepsItsOrder()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"), ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()), ("AgentMesh:Responder:Model", "m"),
            ("AgentMesh:Responder:Tools", "none"), ("AgentMesh:Responder:Prices:0:Model", "m"), ("AgentMesh:Responder:Prices:0:Input", "3"),
            ("AgentMesh:Responder:Prices:0:Output", "15"));
        await host.SetMailPolicyAsync(Bob, "answer");
        await host.SetBudgetAsync(Bob, new LimitSetting("agent", "USD", "once", "1"));
        await host.SendMailAsync(Alice, new SendMail("r1", null, [Bob], "one"));
        await HostUnderTest.UntilAsync(async () => await StatusAsync(host, "one") == TurnStatus.Paused);
        await host.SendMailAsync(Alice, new SendMail("r2", null, [Bob], "two"));
        await host.SendMailAsync(Alice, new SendMail("r3", null, [Bob], "three"));
        await UntilSettledAsync(host, Alice, 3);
        var paid = new SendMail("r4", null, [Bob], "paid for", Budget: new MailBudget("USD", "100000"));
        // Whoever spends first has the tenant asked.
        await HostUnderTest.UntilAsync(async () => (await host.SendMailAsync("default:carol", paid)).Refusal is null);
        await HostUnderTest.UntilAsync(async () => await host.MailAsync("default:carol", isSent: false) is [{ Content: "You said: paid for" }]);
        Assert.Equal(["answered", "waiting", "waiting", "answering"], (await host.MailAsync(Bob, isSent: false)).Select(mail => mail.State));

        await host.SetBudgetAsync(Bob, new LimitSetting("agent", "USD", "once", "1000000"));
        await HostUnderTest.UntilAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await host.RemindAsync(Bob, "schedule");
            return (await host.MailAsync(Alice, isSent: false)).Count == 3;
        });
        Assert.Equal(["You said: one", "You said: two", "You said: three"], (await host.MailAsync(Alice, isSent: false)).Reverse().Select(mail => mail.Content));
    }

    [Fact]
    public async Task DeadMessage_SaysWhy_AndIsReplayedAsANewOne_Once()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.SetMailPolicyAsync(Bob, "store", deny: ["alice"]);
        var id = (await host.SendMailAsync(Alice, "r1", Bob)).Value!.MessageIds[0];
        await UntilSettledAsync(host, Alice, 1);
        Assert.Equal((MailStates.Dead, MailCodes.MailNotAllowed), ((await GetSentAsync(host, Alice, id)).State, (await GetSentAsync(host, Alice, id)).Code));
        await host.SetMailPolicyAsync(Bob, "store");
        var replayed = (await host.ChangeMailAsync(Alice, new ChangeMail(MailVerbs.Replay, id))).Value!;
        Assert.Equal(replayed.Id, (await host.ChangeMailAsync(Alice, new ChangeMail(MailVerbs.Replay, id))).Value!.Id);
        await UntilSettledAsync(host, Alice, 2);
        Assert.Equal(replayed.Id, (await GetSentAsync(host, Alice, id)).ReplayedAs);
        Assert.Equal(replayed.Id, Assert.Single(await host.MailAsync(Bob, isSent: false)).Id);
        Assert.Equal(MailCodes.MailNotDead, (await host.ChangeMailAsync(Alice, new ChangeMail(MailVerbs.Replay, replayed.Id))).Refusal!.Code);
    }

    [Fact]
    public async Task Deadline_IsOver_AndTheMessageIsDead_ThoughItsReceiverComesBack()
    {
        await using var host = await HostUnderTest.StartAsync();
        host.State.BeforeInvoke = call => Task.FromResult(!call.EndsWith("DeliverMail", StringComparison.Ordinal));
        var id = (await host.SendMailAsync(Alice, new SendMail("r1", null, [Bob], "soon", DeadlineSeconds: 20))).Value!.MessageIds[0];
        await AdvanceUntilAsync(host, async () => (await GetSentAsync(host, Alice, id)).Code == MailCodes.RecipientUnreached);
        host.State.BeforeInvoke = null;
        host.Time.Advance(TimeSpan.FromSeconds(31));
        await host.RemindAsync(Alice, "schedule");
        await UntilSettledAsync(host, Alice, 1);
        Assert.Equal((MailStates.Dead, MailCodes.MailExpired), ((await GetSentAsync(host, Alice, id)).State, (await GetSentAsync(host, Alice, id)).Code));
        Assert.Empty(await host.MailAsync(Bob, isSent: false));
    }

    /// <summary>Of the turn that answers bob's message of that content; null: none does.</summary>
    private static async Task<string?> StatusAsync(HostUnderTest host, string content) =>
        (await host.MailAsync(Bob, isSent: false)).FirstOrDefault(mail => mail.Content == content) is { TurnId: { } turn } ? (await host.TurnAsync(Bob, turn)).Value!.Status : null;

    private static DeliverMail Delivery(HostUnderTest host, string from, long n) => new(
        $"{n}-aaaaaaaaaaaaaaaaaaaaaaaaaa", from, 1, n, "hi", host.Time.GetUtcNow(), host.Time.GetUtcNow().AddHours(1), [from], null, null, null, null, null);

    private static async Task<MailItem> GetSentAsync(HostUnderTest host, string agent, string id) => (await host.CallAsync(
        agent, nameof(IAgentMail.GetMail), System.Net.Http.Json.JsonContent.Create(new GetMail(true, id), ContractsJson.Default.GetMail), ContractsJson.Default.ReplyMailItem)).Value!;

    private static Task UntilSettledAsync(HostUnderTest host, string agent, int count) => HostUnderTest.UntilAsync(async () =>
        await host.MailAsync(agent, isSent: true) is var sent && sent.Count == count && sent.All(mail => mail.State != MailStates.Pending));

    /// <summary>Pauses between tries are told by the test's clock.</summary>
    private static Task AdvanceUntilAsync(HostUnderTest host, Func<Task<bool>> isSo) => HostUnderTest.UntilAsync(async () =>
    {
        host.Time.Advance(TimeSpan.FromMilliseconds(100));
        return await isSo();
    });
}
