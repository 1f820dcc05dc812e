using AgentMesh.Gateway.Identity;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>Subjects of issuers as users: those of the grammar as they are, all others by a hash, never two as one.</summary>
public sealed class SubjectNamesTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("a.b_c-1")]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void SubjectOfTheGrammar_IsTheUser(string subject) => Assert.Equal(subject, SubjectNames.ToUser(subject).ToString());

    // printf %s SUBJECT | sha256sum | xxd -r -p | base32 | tr A-Z a-z | tr -d =
    [Theory]
    [InlineData("Alice", "u-hpcrayuxhrcy2wtpfwgwjibderrvjll6azfr4tqat3eka2m2gbbq")]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe82", null)]
    [InlineData("alice@example.org", null)]
    [InlineData(" alice", null)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", null)]
    [InlineData("u-alice", null)]
    public void AnyOther_IsNamedByItsHash(string subject, string? user)
    {
        var name = SubjectNames.ToUser(subject).ToString();
        Assert.Matches("^u-[a-z2-7]{52}$", name);
        if (user is not null)
            Assert.Equal(user, name);
    }

    [Fact]
    public void NobodyChoosesAnothersName() => Assert.NotEqual(SubjectNames.ToUser("Alice"), SubjectNames.ToUser(SubjectNames.ToUser("Alice").ToString()));
}
