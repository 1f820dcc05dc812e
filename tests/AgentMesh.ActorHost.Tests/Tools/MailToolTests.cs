using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Agents.Conversation;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.ActorHost.Tests.Tools;

/// <summary>A model that sends messages to other agents: what goes out, once for all runs of the turn, and what it is told.</summary>
public sealed class MailToolTests
{
    private const string Alice = "default:alice";
    private const string Bob = "default:bob";

    [Theory]
    [InlineData("bob", Bob)]
    [InlineData("default:bob", Bob)]
    public async Task Message_IsSent_OnceForAllRunsOfTheTurn(string to, string receiver)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync([.. SettingsOf(model), ("AgentMesh:Responder:Retries", "0")]);
        // Models name what they mean in more than one way.
        model.Behave(Sends(to, "hi"), new ModelBehavior { Status = 500 }, Sends("bob", "hi"));
        await host.PostAsync(Alice, "tell bob", "r1");
        // The message is there before the clock goes on, by which its delivery would be given up.
        await HostUnderTest.UntilAsync(async () => await ListAsync(host, Alice, isSent: true) is [{ State: MailStates.Delivered }]);
        // The first run fails when it has sent the message; the next one, after a pause, sends the same.
        await HostUnderTest.UntilAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(model.Count < 2 ? 0 : 100));
            return (await host.TurnAsync(Alice, "1")).Value!.Status == TurnStatus.Completed;
        });
        var sent = Assert.Single(await ListAsync(host, Alice, isSent: true));
        Assert.Equal((receiver, "hi", null, null), (sent.To, sent.Content, sent.Topic, sent.Budget));
        Assert.Equal([Alice], sent.Via);
        Assert.Contains(
            $"The message is on its way to {receiver}, with the id {sent.Id}. An answer, if there is one, will come as mail, after this turn.",
            (await host.TurnAsync(Alice, "1")).Value!.Answer!.Response, StringComparison.Ordinal);
        var received = Assert.Single(await ListAsync(host, Bob, isSent: false));
        Assert.Equal(("hi", Alice), (received.Content, received.From));
    }

    /// <summary>A turn goes on long after it has sent something, and the head knows the ids of the last requests only.</summary>
    [Fact]
    public async Task Message_IsSentOnce_HoweverManyRequestsComeBetweenTwoRuns()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync([.. SettingsOf(model), ("AgentMesh:Responder:Retries", "0")]);
        model.Behave(Sends("bob", "hi"), new ModelBehavior { Status = 500 }, Sends("bob", "hi"));
        await host.PostAsync(Alice, "tell bob", "r1");
        await HostUnderTest.UntilAsync(async () => model.Count == 2 && await ListAsync(host, Alice, isSent: true) is [{ State: MailStates.Delivered }]);
        for (var n = 0; n < ConversationLimits.RecentRequests; n++)
            Assert.Null((await host.SendMailAsync(Alice, $"other {n}", "default:carol")).Refusal);
        await HostUnderTest.UntilAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(100));
            return (await host.TurnAsync(Alice, "1")).Value!.Status == TurnStatus.Completed;
        });
        // The second run has asked for it too.
        Assert.True(model.Count >= 4);
        // The newest hundred, of which a second one to bob would be the first.
        Assert.All(await ListAsync(host, Alice, isSent: true), mail => Assert.Equal("default:carol", mail.To));
    }

    /// <summary>What is the same in one turn is one message; what is not is another, and so is that of another turn.</summary>
    [Fact]
    public async Task EqualCallsOfATurn_AreOneMessage()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(SettingsOf(model));
        await AskAsync(host, model, "r1", Call("bob", "one"), Call("bob", "one"), Call("bob", "two"), Call("carol", "one"));
        Assert.Equal(["one bob", "two bob", "one carol"], (await ListAsync(host, Alice, isSent: true)).Reverse().Select(Short));
        await AskAsync(host, model, "r2", Call("bob", "one"));
        Assert.Equal(["one bob", "two bob", "one carol", "one bob"], (await ListAsync(host, Alice, isSent: true)).Reverse().Select(Short));
    }

    [Theory]
    [InlineData("alice", "hi", "Not sent: A recipient is another agent")]
    [InlineData("Bob", "hi", "Not sent: A recipient is another agent")]
    [InlineData("", "hi", "Not sent: A recipient is another agent")]
    [InlineData("acme:bob", "hi", "Not sent: The recipient does not take messages of this agent.")]
    [InlineData("bob", "", "Not sent: A message has 1 to 65536 bytes")]
    public async Task Message_ThatIsNotSent_TheModelIsTold(string to, string content, string told)
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(SettingsOf(model));
        var turn = await AskAsync(host, model, "r1", Call(to, content));
        Assert.Contains(told, turn.Answer!.Response, StringComparison.Ordinal);
        Assert.Empty(await ListAsync(host, Alice, isSent: true));
    }

    /// <summary>What a turn sends that answers a message goes on that message's way, so that agents do not write to each other for ever.</summary>
    [Fact]
    public async Task Message_OfATurnThatAnswersAnother_GoesOnItsWay()
    {
        await using var model = await FakeModelServer.StartAsync();
        await using var host = await HostUnderTest.StartAsync(SettingsOf(model));
        await host.CallAsync(
            Bob, nameof(IAgentMail.SetMailPolicy), JsonContent.Create(new MailSettings("answer", null, null), ContractsJson.Default.MailSettings),
            ContractsJson.Default.ReplyMailSettings);
        model.Behave(Sends("carol", "passed on"));
        await host.CallAsync(
            Alice, nameof(IAgentMail.SendMail), JsonContent.Create(new SendMail("r1", null, [Bob], "pass it on"), ContractsJson.Default.SendMail), ContractsJson.Default.ReplySentMail);
        await HostUnderTest.UntilAsync(async () => await ListAsync(host, "default:carol", isSent: false) is [{ Content: "passed on" }]);
        Assert.Equal([Alice, Bob], Assert.Single(await ListAsync(host, "default:carol", isSent: false)).Via);
    }

    private static string Short(MailItem mail) => $"{mail.Content} {mail.To.Split(':')[1]}";

    private static async Task<Turn> AskAsync(HostUnderTest host, FakeModelServer model, string requestId, params ModelToolCall[] calls)
    {
        model.Behave(new ModelBehavior { IsEmpty = true, Calls = calls });
        var id = (await host.PostAsync(Alice, "send them", requestId)).Value!.TurnId;
        await HostUnderTest.UntilAsync(async () => (await host.TurnAsync(Alice, id)).Value!.Status == TurnStatus.Completed);
        return (await host.TurnAsync(Alice, id)).Value!;
    }

    private static ModelBehavior Sends(string to, string content) => new() { IsEmpty = true, Calls = [Call(to, content)] };

    private static ModelToolCall Call(string to, string content) => new("send_to_agent", JsonSerializer.Serialize(new { to, content }));

    private static async Task<IReadOnlyList<MailItem>> ListAsync(HostUnderTest host, string agent, bool isSent) => (await host.CallAsync(
        agent, nameof(IAgentMail.ListMail), JsonContent.Create(new ListMail(isSent, 100, null), ContractsJson.Default.ListMail), ContractsJson.Default.ReplyMailPage)).Value!.Messages;

    private static (string, string)[] SettingsOf(FakeModelServer model) =>
    [
        ("AgentMesh:Responder:Provider", "openai"),
        ("AgentMesh:Responder:Endpoint", model.OpenAIEndpoint.ToString()),
        ("AgentMesh:Responder:Model", "test-model"),
    ];
}
