using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.Quotas;

/// <summary>What an agent's messages take is what its pages take, and no more when they are gone.</summary>
public sealed class StoredBytesTests
{
    [Fact]
    public void Head_KnowsWhatAllPagesTake()
    {
        var agent = new FakeAgent();
        var session = agent.CreateSession("r1").Value!.Id;
        for (var n = 0; n < 40; n++)
        {
            Assert.False(agent.Post($"{n}: " + new string('x', n * 100)).IsRefused);
            Assert.False(agent.Post($"{n}", session: session).IsRefused);
        }

        Assert.True(agent.Pages.Count > 3);
        var inSession = agent.SessionPages.Values.Sum(BytesOf);
        Assert.Equal((agent.Pages.Values.Sum(BytesOf) + inSession, inSession), (agent.Head!.StoredBytes, agent.Sessions[session].StoredBytes));
        while (agent.Sessions.ContainsKey(session))
            Assert.False(agent.DeleteSession(session).IsRefused);
        Assert.Equal(agent.Pages.Values.Sum(BytesOf), agent.Head.StoredBytes);
    }

    private static long BytesOf(MessagePage page) => page.Messages.Sum(message => (long)message.EncodedBytes());
}
