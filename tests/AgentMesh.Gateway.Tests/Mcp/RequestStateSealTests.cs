using System.Buffers.Text;
using System.Text.Json;
using AgentMesh.Gateway.Mcp;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>What clients carry between two rounds: good for the very request it was made for, until its end.</summary>
public sealed class RequestStateSealTests
{
    private const string Secret = "the name was Ada";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly AgentKey Alice = new(TenantId.Default, UserId.Parse("alice"));
    private static readonly RequestScope Scope = new(Alice, "owner default:alice", "tools/call", "pay", Arguments("""{"to":"bob","amount":1}"""));

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<string> OtherScopes => ["agent", "caller", "method", "name", "argument", "more", "none", "moved"];

    [Theory]
    [InlineData("")]
    [InlineData(Secret)]
    [InlineData("größer: 世界 🌍")]
    public void State_ComesBack(string state)
    {
        var seal = Seal();
        Assert.Equal(state, seal.Open(Scope, seal.Seal(Scope, state)).Value);
    }

    [Theory]
    [InlineData(RequestStateSeal.MaxBytes, true)]
    [InlineData(RequestStateSeal.MaxBytes + 1, false)]
    public void State_HasALongestLength(int bytes, bool fits)
    {
        var (seal, state) = (Seal(), new string('a', bytes));
        if (fits)
            Assert.Equal(state, seal.Open(Scope, seal.Seal(Scope, state)).Value);
        else
            Assert.Throws<ArgumentOutOfRangeException>(() => seal.Seal(Scope, state));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void State_Ends(int milliseconds, bool isGood)
    {
        var seal = Seal();
        var text = seal.Seal(Scope, Secret);
        _clock.Advance(Lifetime + TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(!isGood, seal.Open(Scope, text).IsRefused);
    }

    [Theory]
    [MemberData(nameof(OtherScopes))]
    public void State_IsOfNoUseWithAnotherRequest(string other)
    {
        var seal = Seal();
        var scope = other switch
        {
            "agent" => Scope with { Agent = new AgentKey(TenantId.Default, UserId.Parse("bob")) },
            "caller" => Scope with { Caller = "owner default:*" },
            "method" => Scope with { Method = "prompts/get" },
            "name" => Scope with { Name = "pay2" },
            "argument" => Scope with { Arguments = Arguments("""{"to":"bob","amount":2}""") },
            "more" => Scope with { Arguments = Arguments("""{"to":"bob","amount":1,"x":null}""") },
            "none" => Scope with { Arguments = null },
            // The same letters, cut elsewhere.
            _ => Scope with { Method = "tools/callp", Name = "ay" },
        };
        Assert.Equal("invalid_request_state", seal.Open(scope, seal.Seal(Scope, Secret)).Refusal?.Code);
    }

    [Fact]
    public void OrderOfArguments_DoesNotCount()
    {
        var seal = Seal();
        Assert.Equal(Secret, seal.Open(Scope with { Arguments = Arguments("""{"amount":1,"to":"bob"}""") }, seal.Seal(Scope, Secret)).Value);
    }

    [Fact]
    public void EveryByte_IsSealed()
    {
        var seal = Seal();
        var box = Base64Url.DecodeFromChars(seal.Seal(Scope, Secret));
        for (var at = 0; at < box.Length; at++)
        {
            var other = box.ToArray();
            other[at] ^= 1;
            Assert.Equal("invalid_request_state", seal.Open(Scope, Base64Url.EncodeToString(other)).Refusal?.Code);
            Assert.True(seal.Open(Scope, Base64Url.EncodeToString(box.AsSpan(0, at))).IsRefused);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("not base64!")]
    [InlineData("AQ")]
    public void WhatIsNoState_IsRefused(string text) => Assert.Equal("invalid_request_state", Seal().Open(Scope, text).Refusal?.Code);

    [Theory]
    [InlineData("=")]
    [InlineData(" ")]
    [InlineData("-TAMPERED")]
    public void AnotherTextOfTheSameBytes_IsRefused(string more)
    {
        var seal = Seal();
        Assert.True(seal.Open(Scope, seal.Seal(Scope, Secret) + more).IsRefused);
    }

    [Fact]
    public void TooLong_IsNotLookedAt() => Assert.True(Seal().Open(Scope, new string('A', 1_000_000)).IsRefused);

    /// <summary>The key is the mesh's where there is a token of the mesh, and each process's own where there is none.</summary>
    [Theory]
    [InlineData("one", "one", true)]
    [InlineData("one", "two", false)]
    [InlineData("one", null, false)]
    [InlineData(null, null, false)]
    public void Replicas_ShareWhatTheySeal(string? first, string? second, bool isGood) =>
        Assert.Equal(isGood, !Seal(second).Open(Scope, Seal(first).Seal(Scope, Secret)).IsRefused);

    [Fact]
    public void Nobody_ReadsIt_OrSeesThatItIsTheSame()
    {
        var seal = Seal();
        var (first, second) = (seal.Seal(Scope, Secret), seal.Seal(Scope, Secret));
        Assert.NotEqual(first, second);
        Assert.DoesNotContain("Ada", System.Text.Encoding.Latin1.GetString(Base64Url.DecodeFromChars(first)), StringComparison.Ordinal);
    }

    private RequestStateSeal Seal(string? appToken = "token") =>
        new(new McpEndpointOptions { QuestionLifetime = Lifetime }, new SidecarOptions("http://localhost", null, appToken), _clock);

    private static Dictionary<string, JsonElement> Arguments(string json) =>
        JsonElement.Parse(json).EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
}
