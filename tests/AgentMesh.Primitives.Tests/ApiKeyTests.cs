namespace AgentMesh.Primitives.Tests;

public sealed class ApiKeyTests
{
    private const string Id = "aaaaaaaaaaaaa";

    private static readonly string Secret = new('a', 52);

    private static readonly byte[] Random = [.. Enumerable.Range(1, ApiKeyText.RandomBytes).Select(n => (byte)n)];

    [Fact]
    public void Key_IsItsParts_AndComesBack()
    {
        var key = ApiKeyText.Make(TenantId.Parse("acme_inc"), Random);
        Assert.Equal("amk_aebagbafaydqq_" + Base32.Encode(Random.AsSpan(8)) + "_acme_inc", key.Reveal());
        Assert.True(ApiKeyText.TryParse(key.Reveal(), out var read));
        Assert.Equal((key.Tenant, key.Id), (read.Tenant, read.Id));
        Assert.Equal(Random[8..], read.Secret.ToArray());
        Assert.Equal(key.Reveal(), read.Reveal());
    }

    [Fact]
    public void Secret_IsInNoTextButTheRevealedOne()
    {
        var key = ApiKeyText.Make(TenantId.Default, Random);
        Assert.Equal("amk_aebagbafaydqq", $"{key}");
        Assert.Equal("amk_aebagbafaydqq", key.Id.Prefix);
        // A span is in no JSON and in no structured log.
        Assert.All(typeof(ApiKeyText).GetProperties(), property => Assert.True(property.PropertyType.IsByRefLike || property.Name is nameof(key.Tenant) or nameof(key.Id)));
    }

    [Theory]
    [InlineData("amk_", "", "_", "", "_", "default", true)]
    [InlineData("amk_", "", "_", "", "_", "a", true)]
    [InlineData("amk_", "", "_", "", "_", "a_b_", true)]
    [InlineData("amk_", "", "_", "", "_", "", false)]
    [InlineData("amk_", "", "_", "", "", "default", false)]
    [InlineData("amk_", "", "_", "", "_", "_a", false)]
    [InlineData("amk_", "", "_", "", "_", "Acme", false)]
    [InlineData("amk_", "", "_", "", "_", "default\n", false)]
    [InlineData("amk_", "", "_", "", "_", "default ", false)]
    [InlineData(" amk_", "", "_", "", "_", "default", false)]
    [InlineData("AMK_", "", "_", "", "_", "default", false)]
    [InlineData("amk-", "", "_", "", "_", "default", false)]
    [InlineData("amk_", "", "-", "", "_", "default", false)]
    [InlineData("amk_", "", "_", "", "-", "default", false)]
    // The last character of an id has one bit behind its 8 bytes, that of a secret four behind its 32.
    [InlineData("amk_", "c", "_", "", "_", "default", true)]
    [InlineData("amk_", "b", "_", "", "_", "default", false)]
    [InlineData("amk_", "A", "_", "", "_", "default", false)]
    [InlineData("amk_", "1", "_", "", "_", "default", false)]
    [InlineData("amk_", "", "_", "q", "_", "default", true)]
    [InlineData("amk_", "", "_", "b", "_", "default", false)]
    [InlineData("amk_", "", "_", "c", "_", "default", false)]
    [InlineData("amk_", "", "_", "e", "_", "default", false)]
    [InlineData("amk_", "", "_", "i", "_", "default", false)]
    [InlineData("amk_", "", "_", "r", "_", "default", false)]
    [InlineData("amk_", "", "_", "Q", "_", "default", false)]
    [InlineData("amk_", "", "_", "=", "_", "default", false)]
    // One character too many or too few moves everything behind it.
    [InlineData("amk_", "aa", "_", "", "_", "default", false)]
    [InlineData("amk_", "", "_", "aa", "_", "default", false)]
    [InlineData("amk_", "", "", "", "_", "default", false)]
    public void Key_HasOneText(string start, string idEnd, string first, string secretEnd, string second, string tenant, bool valid)
    {
        var text = start + Id[..^1] + (idEnd.Length == 0 ? "a" : idEnd) + first + Secret[..^1] + (secretEnd.Length == 0 ? "a" : secretEnd) + second + tenant;
        Assert.Equal(valid, ApiKeyText.TryParse(text, out var key));
        Assert.Equal(valid ? text : null, key?.Reveal());
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Key_IsAsLongAsItsTenantMayBe(int tenant, bool valid)
    {
        var text = $"amk_{Id}_{Secret}_{new string('t', tenant)}";
        Assert.Equal(valid, ApiKeyText.TryParse(text, out _));
        Assert.Equal(valid, text.Length <= ApiKeyText.MaxLength);
    }

    [Fact]
    public void Nothing_IsNoKey()
    {
        Assert.False(ApiKeyText.TryParse(null, out _));
        Assert.False(ApiKeyText.TryParse("", out _));
        Assert.False(ApiKeyText.TryParse("amk_", out _));
        Assert.False(ApiKeyId.TryParse(null, out _));
        Assert.False(ApiKeyId.TryParse("AAAAAAAAAAAAA", out var none));
        Assert.Equal(default, none);
        Assert.Throws<FormatException>(() => ApiKeyId.Parse("AAAAAAAAAAAAA"));
        Assert.Throws<InvalidOperationException>(() => default(ApiKeyId).ToString());
    }

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public void Id_IsMadeOf8Bytes(int bytes) => Assert.Throws<ArgumentOutOfRangeException>(() => ApiKeyId.Of(new byte[bytes]));

    [Theory]
    [InlineData(39)]
    [InlineData(41)]
    public void Key_IsMadeOf40Bytes(int bytes) => Assert.Throws<ArgumentOutOfRangeException>(() => ApiKeyText.Make(TenantId.Default, new byte[bytes]));

    [Fact]
    public void Hash_IsSha256_OfSaltAndSecret()
    {
        byte[] salt = [.. Enumerable.Range(0, 16).Select(n => (byte)n)], secret = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
        Assert.Equal("95e66ce408bcb45134e08d159c51e1f4f3432cba4204228e3473e5648bb4408e", Convert.ToHexStringLower(ApiKeyHash.Make(salt, secret)));
    }

    [Fact]
    public void Hash_MatchesItsSecretAlone()
    {
        byte[] salt = [.. Enumerable.Range(0, 16).Select(n => (byte)n)], secret = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
        var hash = ApiKeyHash.Make(salt, secret);
        Assert.True(ApiKeyHash.Matches(hash, salt, secret));
        Assert.False(ApiKeyHash.Matches(hash, salt, [.. secret[..31], 0]));
        Assert.False(ApiKeyHash.Matches(hash, [.. salt[..15], 0], secret));
        Assert.False(ApiKeyHash.Matches(hash.AsSpan(0, 31), salt, secret));
        Assert.False(ApiKeyHash.Matches([], salt, secret));
    }

    [Theory]
    [InlineData(15, 32)]
    [InlineData(17, 32)]
    [InlineData(16, 31)]
    [InlineData(16, 33)]
    public void Hash_TakesOneLengthOfEach(int salt, int secret) => Assert.Throws<ArgumentOutOfRangeException>(() => ApiKeyHash.Make(new byte[salt], new byte[secret]));
}
