using AgentMesh.Agents.Sessions;

namespace AgentMesh.Agents.Tests.Sessions;

public sealed class SessionMetadataTests
{
    /// <summary>The object rows of RFC 7396, appendix A.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"n":12345678901234567890.123456789}""", """{"m":0.1234567891}""", """{"n":12345678901234567890.123456789,"m":0.1234567891}""")]
    public void Patch_IsMerged(string before, string patch, string after) => Assert.Equal(after, SessionMetadata.Merge(before, patch).Value);

    [Fact]
    public void NoPatch_ChangesNothing() => Assert.Equal("""{"a":1}""", SessionMetadata.Merge("""{"a":1}""", null).Value);

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"a\"")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"a":1,"a":2}""")]
    public void AnythingButAnObject_IsRefused(string patch) => Assert.Equal("invalid_metadata", SessionMetadata.Merge("{}", patch).Refusal!.Code);

    [Theory]
    [InlineData(4096 - 8, true)]
    [InlineData(4096 - 7, false)]
    public void Length_IsBounded(int characters, bool fits) =>
        Assert.Equal(fits, SessionMetadata.Merge("{}", $$"""{"a":"{{new string('x', characters)}}"}""").Refusal is null);

    [Fact]
    public void Length_IsThatAfterTheMerge()
    {
        var half = SessionMetadata.Merge("{}", $$"""{"a":"{{new string('x', 3000)}}"}""").Value!;
        Assert.Equal("invalid_metadata", SessionMetadata.Merge(half, $$"""{"b":"{{new string('x', 3000)}}"}""").Refusal!.Code);
        Assert.Null(SessionMetadata.Merge(half, $$"""{"a":null,"b":"{{new string('x', 3000)}}"}""").Refusal);
    }
}
