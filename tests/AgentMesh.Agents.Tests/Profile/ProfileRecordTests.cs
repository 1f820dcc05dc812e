using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Profile;

namespace AgentMesh.Agents.Tests.Profile;

public sealed class ProfileRecordTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly AgentHead Head = AgentHead.Unborn(Noon.AddHours(-1));

    [Theory]
    // Bytes of UTF-8: "é" has two.
    [InlineData('a', ProfileRecord.SystemPromptBytes, true)]
    [InlineData('a', ProfileRecord.SystemPromptBytes + 1, false)]
    [InlineData('é', ProfileRecord.SystemPromptBytes / 2, true)]
    [InlineData('é', ProfileRecord.SystemPromptBytes / 2 + 1, false)]
    public void SystemPrompt_HasABound(char letter, int length, bool isTaken)
    {
        var set = ProfileRecord.Set(Head, new string(letter, length), 7, Noon);
        Assert.Equal(isTaken ? null : "invalid_profile", set.Refusal?.Code);
        if (isTaken)
            Assert.Equal(new string(letter, length), set.Value!.Profile.SystemPrompt);
        else
            Assert.Equal("A system prompt has at most 16384 bytes of UTF-8.", set.Refusal!.Detail);
    }

    [Theory]
    [InlineData("Be brief.", "Be brief.")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void EmptyPrompt_IsNone(string? prompt, string? stored) => Assert.Equal(stored, ProfileRecord.Set(Head, prompt, 7, Noon).Value!.Profile.SystemPrompt);

    [Fact]
    public void Setting_IsALifeSign_OfThisActivation()
    {
        var head = ProfileRecord.Set(Head, "Be brief.", 7, Noon.AddTicks(1)).Value!.Agent.Head;
        Assert.Equal(Head with { Epoch = 7, LastActive = Noon }, head);
    }

    [Fact]
    public void DamagedHead_IsRefused() => Assert.Equal("agent_quarantined", ProfileRecord.Set(Head with { LastSeq = -1 }, "Be brief.", 7, Noon).Refusal?.Code);
}
