namespace AgentMesh.Primitives.Tests;

public sealed class IdTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("0", true)]
    [InlineData("a.b_c-d", true)]
    [InlineData("", false)]
    [InlineData(".a", false)]
    [InlineData("_a", false)]
    [InlineData("-a", false)]
    [InlineData("Alice", false)]
    [InlineData("aLice", false)]
    [InlineData("a:b", false)]
    [InlineData("a||b", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("é", false)]
    [InlineData("١", false)]
    [InlineData(null, false)]
    public void UserId_FollowsTheGrammar(string? text, bool valid)
    {
        Assert.Equal(valid, UserId.TryParse(text, out var id));
        if (valid)
            Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void UserId_HasAtMost64Characters(int length, bool valid) =>
        Assert.Equal(valid, UserId.TryParse(new string('a', length), out _));

    [Fact]
    public void UserId_Unset_NamesNobody() => Assert.Throws<InvalidOperationException>(() => default(UserId).ToString());

    [Fact]
    public void Parse_OutsideTheGrammar_Throws() => Assert.Throws<FormatException>(() => UserId.Parse("A"));

    [Fact]
    public void TopicKey_IsTenantColonName() =>
        Assert.Equal("default:news", new TopicKey(TenantId.Default, TopicName.Parse("news")).ToString());

    [Theory]
    [InlineData("news.2026_de-DE", false)]
    [InlineData("news.2026_de-de", true)]
    [InlineData("0", true)]
    [InlineData(".news", false)]
    [InlineData("a:b", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void TopicName_IsOfTheGrammarOfIds(string? text, bool valid) => Assert.Equal(valid, TopicName.TryParse(text, out _));

    [Fact]
    public void AgentKey_IsTenantColonUser() =>
        Assert.Equal("default:alice", new AgentKey(TenantId.Default, UserId.Parse("alice")).ToString());

    [Theory]
    [InlineData("default:alice", true)]
    [InlineData("t1:a.b", true)]
    [InlineData("alice", false)]
    [InlineData(":alice", false)]
    [InlineData("default:", false)]
    [InlineData("a:b:c", false)]
    [InlineData(null, false)]
    public void AgentKey_ReadsOnlyWhatItWrote(string? text, bool valid)
    {
        Assert.Equal(valid, AgentKey.TryParse(text, out var key));
        if (valid)
            Assert.Equal(text, key.ToString());
    }
}
