using AgentMesh.Agents.ApiKeys;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tests.ApiKeys;

/// <summary>What a key is, as it is asked for.</summary>
public sealed class ApiKeyRecordTests
{
    private static readonly DateTimeOffset Now = SampleApiKeys.Now;

    [Fact]
    public void Key_IsAsItWasAskedFor_ToTheMillisecond()
    {
        var key = Create(scopes: ["admin", "user"], expiresAt: Now.AddDays(31).AddTicks(9), now: Now.AddTicks(9));
        Assert.Equal(SampleApiKeys.Key, key.Value);
    }

    [Theory]
    [InlineData("aebagbafaydqq", 16, 32, true)]
    [InlineData("aebagbafaydqr", 16, 32, false)]
    [InlineData("aebagbafaydq", 16, 32, false)]
    [InlineData("", 16, 32, false)]
    [InlineData("aebagbafaydqq", 15, 32, false)]
    [InlineData("aebagbafaydqq", 17, 32, false)]
    [InlineData("aebagbafaydqq", 16, 31, false)]
    [InlineData("aebagbafaydqq", 16, 33, false)]
    public void IdSaltAndHash_HaveOneLength(string id, int salt, int hash, bool valid) =>
        Assert.Equal(valid ? null : "invalid_api_key_request", Create(id, new byte[salt], new byte[hash]).Refusal?.Code);

    [Theory]
    [InlineData("user", "user")]
    [InlineData("admin", "admin")]
    [InlineData("admin user", "user admin")]
    [InlineData("user admin", "user admin")]
    [InlineData("", null)]
    [InlineData("user user", null)]
    [InlineData("user admin user", null)]
    [InlineData("user root", null)]
    [InlineData("Admin", null)]
    public void Scopes_AreSomeOfThoseThereAre_EachOnce(string asked, string? scopes)
    {
        var key = Create(scopes: asked.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(scopes is null ? "invalid_api_key_request" : null, key.Refusal?.Code);
        Assert.Equal(scopes, key.IsRefused ? null : string.Join(' ', key.Value.Scopes));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("alice", true)]
    [InlineData("", false)]
    [InlineData("Alice", false)]
    [InlineData("default:alice", false)]
    public void User_IsOneOrAll(string? user, bool valid) => Assert.Equal(valid, !Create(user: user).IsRefused);

    [Theory]
    [InlineData("a", true)]
    [InlineData("Anna's laptop (Köln) 🔑", true)]
    [InlineData("", false)]
    [InlineData(" ", false)]
    [InlineData(" a", false)]
    [InlineData("a ", false)]
    [InlineData("a\u00a0", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\u007fb", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u200bb", false)]
    [InlineData("a\u202eb", false)]
    [InlineData("a\ue000b", false)]
    [InlineData("a\uffffb", false)]
    public void Name_IsWhatIsSeen(string name, bool valid) => Assert.Equal(valid, !Create(name: name).IsRefused);

    /// <summary>In code and not in a row: a row's half of a pair does not come through.</summary>
    [Fact]
    public void Name_HasNoHalfOfAPair()
    {
        Assert.True(Create(name: "a\ud83d").IsRefused);
        Assert.True(Create(name: "\udd11b").IsRefused);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Name_HasAtMost64Characters(int length, bool valid) => Assert.Equal(valid, !Create(name: new string('a', length)).IsRefused);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(5, null, 5)]
    [InlineData(null, 5, 5)]
    [InlineData(5, 4, 4)]
    [InlineData(5, 5, 5)]
    [InlineData(5, 6, 5)]
    public void Key_EndsWithWhatComesFirst(int? expires, int? revoked, int? ends)
    {
        static DateTimeOffset? At(int? seconds) => seconds is { } s ? Now.AddSeconds(s) : null;
        Assert.Equal(At(ends), (SampleApiKeys.Key with { ExpiresAt = At(expires), RevokedAt = At(revoked) }).EndsAt);
    }

    [Fact]
    public void Refusal_SaysWhatIsWrongWithTheKey()
    {
        Assert.Equal("The API key is invalid: its id, salt or hash is none.", Create(id: "").Refusal?.Detail);
        Assert.Equal("The API key is invalid: its user is not 1-64 of [a-z0-9._-], first a letter or digit.", Create(user: "").Refusal?.Detail);
        Assert.Equal("The API key is invalid: its scopes are some of user, admin, each once.", Create(scopes: []).Refusal?.Detail);
        Assert.Equal("The API key is invalid: its name is 1 to 64 printable characters with no space at its ends.", Create(name: "").Refusal?.Detail);
        var expired = ApiKeyBook.Empty.Create(null, SampleApiKeys.Of(1, Now), Now);
        Assert.Equal("The API key is invalid: it would have expired already.", expired.Refusal?.Detail);
    }

    private static Result<ApiKeyRecord> Create(
        string? id = null, byte[]? salt = null, byte[]? hash = null, string? user = "alice", string[]? scopes = null, string name = "CI", DateTimeOffset? expiresAt = null, DateTimeOffset? now = null) =>
        ApiKeyRecord.Create(
            id ?? SampleApiKeys.Key.Id, salt ?? SampleApiKeys.Bytes(0, 16), hash ?? SampleApiKeys.Bytes(16, 32), user, scopes ?? ["user"], name, expiresAt, now ?? Now);
}
