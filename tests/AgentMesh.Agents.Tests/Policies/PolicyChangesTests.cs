using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Policies;
using AgentMesh.Agents.Tests.Events;
using AgentMesh.Agents.Turns;
using static AgentMesh.Agents.Tests.Policies.SamplePolicies;

namespace AgentMesh.Agents.Tests.Policies;

/// <summary>What is stored with a policy that is set or taken away, in one transaction: the policy and the event.</summary>
public sealed class PolicyChangesTests
{
    private const string Bad = """{"version":2,"rules":[]}""";

    private static readonly string Small = Document("{'effect':'allow','asset':['USDC'],'amountAtMost':'100'}");
    private static readonly string Great = Document("{'effect':'allow','asset':['USDC'],'amountAtMost':'200'}");
    private static readonly PolicyRecord Stored = new(SpendingPolicy.Parse(Small).Policy!.ToJson(), Noon.AddDays(-1));

    private static TurnInputs Agent => new(AgentHead.Unborn(Noon), null, null);

    [Fact]
    public void Policy_IsStoredInItsOneForm_WithItsEvent()
    {
        var change = PolicyChanges.Set(Agent, Stored, " " + Great, 7, Noon.AddTicks(1)).Value!;
        Assert.Equal(new PolicyRecord(SpendingPolicy.Parse(Great).Policy!.ToJson(), Noon), change.Policy);
        Assert.Equal((7, Noon), (change.Agent!.Head.Epoch, change.Agent.Head.LastActive));
        Assert.Equal([new FactEntry(SessionNames.Default, Noon, FactTypes.Policy, """{"status":"set"}""")], StoredFacts.Of(Agent.Head, change.Agent));
    }

    /// <summary>The policy before, the one that is set, and what is stored: an event and the policy then, or nothing.</summary>
    [Theory]
    [InlineData(null, "small", "set")]
    [InlineData("small", "great", "set")]
    [InlineData("small", null, "reset")]
    [InlineData("small", "small", null)]
    [InlineData("small", "small in another form", null)]
    [InlineData(null, null, null)]
    public void Change_IsStored_AndARepeatIsNone(string? before, string? document, string? status)
    {
        var stored = before is null ? null : Stored;
        var change = PolicyChanges.Set(Agent, stored, TextOf(document), 7, Noon).Value!;
        Assert.Equal(status is null ? [] : [$$"""{"status":"{{status}}"}"""], change.Agent is null ? [] : StoredFacts.Of(Agent.Head, change.Agent).Select(fact => fact.Data));
        Assert.Equal(status is null, change.Agent is null);
        Assert.Equal(TextOf(document) is { } text ? SpendingPolicy.Parse(text).Policy!.ToJson() : null, change.Policy?.Document);
        // When it was set is told too, and a repeat sets nothing.
        if (status is null)
            Assert.Same(stored, change.Policy);

        static string? TextOf(string? name) => name switch
        {
            "small" => Small,
            "great" => Great,
            null => null,
            _ => Small.Replace(",", " , ", StringComparison.Ordinal).Replace("0x", "0X", StringComparison.Ordinal),
        };
    }

    [Theory]
    [InlineData(false, Bad, "invalid_policy")]
    [InlineData(true, Bad, "invalid_policy")]
    [InlineData(true, null, "agent_erasing")]
    public void WhatIsNoPolicy_AndAnAgentThatIsErased_AreRefused(bool isErasing, string? document, string code)
    {
        var agent = Agent with { Head = Agent.Head with { IsErasing = isErasing } };
        Assert.Equal(code, PolicyChanges.Set(agent, Stored, document, 7, Noon).Refusal?.Code);
    }

    /// <summary>Neither no policy nor the configured one takes its place: what the owner has set may have been stricter.</summary>
    [Fact]
    public void StoredPolicy_ThatIsDamaged_IsNotReplacedByAnother()
    {
        Assert.Equal(100, (int)Stored.ToPolicy().Rules[0].AmountAtMost!.Value);
        Assert.Throws<System.Text.Json.JsonException>(() => (Stored with { Document = Bad }).ToPolicy());
    }
}
