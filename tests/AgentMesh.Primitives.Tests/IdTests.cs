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
        Assert.Equal(valid, TenantId.TryParse(text, out var tenant));
        Assert.Equal(valid, TopicName.TryParse(text, out var topic));
        if (valid)
            Assert.Equal((text, text, text), (id.ToString(), tenant.ToString(), topic.ToString()));
        else
            Assert.Equal((default, default, default), (id, tenant, topic));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void UserId_HasAtMost64Characters(int length, bool valid) =>
        Assert.Equal(valid, UserId.TryParse(new string('a', length), out _));

    [Fact]
    public void Unset_NamesNobody()
    {
        Assert.Throws<InvalidOperationException>(() => default(UserId).ToString());
        Assert.Throws<InvalidOperationException>(() => default(TenantId).ToString());
        Assert.Throws<InvalidOperationException>(() => default(TopicName).ToString());
    }

    [Fact]
    public void Parse_OutsideTheGrammar_Throws()
    {
        Assert.Throws<FormatException>(() => UserId.Parse("A"));
        Assert.Throws<FormatException>(() => TenantId.Parse("A"));
        Assert.Throws<FormatException>(() => TopicName.Parse("A"));
    }

    [Fact]
    public void CallersThatNameNoTenant_AreOfTheDefaultOne() => Assert.Equal(TenantId.Parse("default"), TenantId.Default);

    [Fact]
    public void TopicKey_IsTenantColonName() =>
        Assert.Equal("default:news", new TopicKey(TenantId.Default, TopicName.Parse("news")).ToString());

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
