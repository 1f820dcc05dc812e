using System.Net.Http.Json;
using AgentMesh.Agents.Topics;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Topics;

namespace AgentMesh.ActorHost.Tests;

/// <summary>Topics over the records and calls that a sidecar sees.</summary>
public sealed class AgentTopicsTests
{
    private const string Alice = "default:alice";
    private const string News = "default:news";

    [Fact]
    public async Task Members_AreOneRecord_WrittenOnlyWhenTheyChange()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Empty((await host.CallTopicAsync(News, nameof(ITopicActor.GetTopic))).Value!.Members);
        await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "bob");
        Assert.Equal(["alice", "bob"], (await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "alice")).Value!.Members);
        Assert.Equal(["members"], host.State.KeysOf(News));
        host.State.TakeCalls();
        await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "alice");
        await host.CallTopicAsync(News, nameof(ITopicActor.LeaveTopic), "carol");
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal));
        await host.CallTopicAsync(News, nameof(ITopicActor.LeaveTopic), "alice");
        Assert.Empty((await host.CallTopicAsync(News, nameof(ITopicActor.LeaveTopic), "bob")).Value!.Members);
        Assert.Empty(host.State.KeysOf(News));
    }

    [Fact]
    public async Task FullTopic_RefusesAsAValue()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 0; n < TopicLimits.Members; n++)
            Assert.Equal(n + 1, (await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), $"u{n}")).Value!.Members.Count);
        Assert.Equal(TopicCodes.TopicFull, (await host.CallTopicAsync(News, nameof(ITopicActor.ReserveTopic), "zoe")).Refusal!.Code);
        Assert.Equal(TopicCodes.TopicFull, (await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "zoe")).Refusal!.Code);
        Assert.Equal(TopicLimits.Members, (await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "u0")).Value!.Members.Count);
    }

    /// <summary>Whoever was told that there is a place joins, whoever comes in between; and nothing is stored for it.</summary>
    [Fact]
    public async Task LastPlace_IsForWhomItIsKept()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 0; n < TopicLimits.Members - 1; n++)
            await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), $"u{n}");
        host.State.TakeCalls();
        Assert.Null((await host.CallTopicAsync(News, nameof(ITopicActor.ReserveTopic), "zoe")).Refusal);
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal));
        Assert.Equal(TopicCodes.TopicFull, (await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "yves")).Refusal!.Code);
        Assert.Contains("zoe", (await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "zoe")).Value!.Members);
        // Left again: the place is anybody's.
        await host.CallTopicAsync(News, nameof(ITopicActor.LeaveTopic), "zoe");
        Assert.Contains("yves", (await host.CallTopicAsync(News, nameof(ITopicActor.JoinTopic), "yves")).Value!.Members);
    }

    [Fact]
    public async Task ListOfAnAgent_IsItsOwnRecord_AndGoesWithIt()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Empty(await ListAsync(host));
        Assert.Empty((await NoteAsync(host, new NoteTopic("news", IsLeft: true))).Value!.Topics);
        Assert.Empty(host.State.KeysOf(Alice));
        await NoteAsync(host, new NoteTopic("news"));
        Assert.Equal(["news", "ops"], (await NoteAsync(host, new NoteTopic("ops"))).Value!.Topics.Select(topic => topic.Name));
        Assert.Equal(["head", "topics"], host.State.KeysOf(Alice));
        await host.DeactivateAsync(Alice);
        Assert.Equal(["news", "ops"], (await ListAsync(host)).Select(topic => topic.Name));
        await NoteAsync(host, new NoteTopic("news", IsLeft: true));
        Assert.Equal(["ops"], (await ListAsync(host)).Select(topic => topic.Name));
        Assert.Equal(1, (await host.EraseAsync(Alice)).Value!.Records["topics"]);
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Empty(await ListAsync(host));
    }

    /// <summary>Members come and go, and a repeat is told what the first was told.</summary>
    [Fact]
    public async Task Repeat_ToATopic_IsTheSameRequest_WhoeverHasJoinedSince()
    {
        await using var host = await HostUnderTest.StartAsync();
        SendMail To(params string[] to) => new("r1", "key", to, "hello", Topic: "news");
        var first = (await host.SendMailAsync(Alice, To("default:bob", "default:carol"))).Value!.MessageIds;
        Assert.Equal(2, first.Count);
        await host.SendMailAsync(Alice, "r2", "default:bob");
        Assert.Equal(first, (await host.SendMailAsync(Alice, To("default:bob", "default:carol", "default:dave"))).Value!.MessageIds);
        Assert.Equal(first, (await host.SendMailAsync(Alice, To("default:carol"))).Value!.MessageIds);
        Assert.Equal("idempotency_key_reused", (await host.SendMailAsync(Alice, To("default:bob") with { Topic = "ops" })).Refusal!.Code);
        await HostUnderTest.UntilAsync(async () => (await host.MailAsync("default:bob", isSent: false)).Count == 2);
        Assert.Equal([null, "news"], (await host.MailAsync("default:bob", isSent: false)).Select(mail => mail.Topic));
        Assert.Equal(3, (await host.MailAsync(Alice, isSent: true)).Count);
    }

    [Fact]
    public void RefusalCodes_AreThoseOfTheContract() =>
        Assert.Equal((TopicCodes.TopicFull, TopicCodes.TooManyTopics), (TopicRefusals.TopicFull.Code, TopicRefusals.TooManyTopics.Code));

    private static Task<Reply<TopicList>> NoteAsync(HostUnderTest host, NoteTopic note) => host.CallAsync(
        Alice, nameof(IAgentTopics.NoteTopic), JsonContent.Create(note, ContractsJson.Default.NoteTopic), ContractsJson.Default.ReplyTopicList);

    private static async Task<IReadOnlyList<AgentTopic>> ListAsync(HostUnderTest host) =>
        (await host.CallAsync(Alice, nameof(IAgentTopics.ListTopics), null, ContractsJson.Default.ReplyTopicList)).Value!.Topics;
}
