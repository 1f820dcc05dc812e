using System.Security.Cryptography;
using AgentMesh.ActorHost.Wallets;
using AgentMesh.Evm.Signing;
using AgentMesh.ServiceDefaults.Secrets;

namespace AgentMesh.ActorHost.Tests.Wallets;

/// <summary>Keys as they are stored, and the keys they are encrypted with.</summary>
public sealed class SealedKeyTests
{
    private const string Alice = "default:alice";

    private static readonly string One = Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly string Two = Convert.ToBase64String([.. Enumerable.Repeat((byte)2, 32)]);

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    [Fact]
    public void Key_OpensForItsAgentAndAddress_AndIsNeverTwiceTheSameText()
    {
        using var key = EvmKey.Create(_random);
        var sealedKey = SealedKey.Seal(key, Alice, Parse(One));
        Assert.Equal(60, Convert.FromBase64String(sealedKey).Length);
        Assert.NotEqual(sealedKey, SealedKey.Seal(key, Alice, Parse(One)));
        using var opened = Open(sealedKey, Parse(One), key);
        Assert.Equal(key.Address, opened!.Address);
    }

    /// <summary>Each of what it is bound to, changed alone.</summary>
    [Fact]
    public void Key_OfAnotherAgentAddressOrMasterKey_DoesNotOpen()
    {
        using var key = EvmKey.Create(_random);
        using var other = EvmKey.Create(_random);
        var masters = Parse(One);
        var sealedKey = SealedKey.Seal(key, Alice, masters);
        Assert.Null(SealedKey.Open(sealedKey, "default:bob", key.Address.ToString(), masters.CurrentId, masters));
        Assert.Null(SealedKey.Open(sealedKey, Alice, other.Address.ToString(), masters.CurrentId, masters));
        Assert.Null(Open(sealedKey, Parse(Two), key));
        Assert.Null(SealedKey.Open(sealedKey, Alice, key.Address.ToString(), Parse(Two).CurrentId, Parse($"{Two},{One}")));
    }

    [Fact]
    public void EveryChangedByte_IsNoticed()
    {
        using var key = EvmKey.Create(_random);
        var bytes = Convert.FromBase64String(SealedKey.Seal(key, Alice, Parse(One)));
        for (var n = 0; n < bytes.Length; n++)
        {
            bytes[n] ^= 1;
            Assert.Null(Open(Convert.ToBase64String(bytes), Parse(One), key));
            bytes[n] ^= 1;
        }

        foreach (var none in new[] { "", "!", Convert.ToBase64String(bytes[..59]), Convert.ToBase64String([.. bytes, 0]) })
            Assert.Null(Open(none, Parse(One), key));
    }

    /// <summary>The newest encrypts, the retired ones still open.</summary>
    [Fact]
    public void Rotation_KeepsWhatIsThereReadable()
    {
        using var key = EvmKey.Create(_random);
        var (before, after) = (Parse(One), Parse($"{Two}, {One}"));
        Assert.NotEqual(before.CurrentId, after.CurrentId);
        var sealedKey = SealedKey.Seal(key, Alice, before);
        using var opened = SealedKey.Open(sealedKey, Alice, key.Address.ToString(), before.CurrentId, after);
        Assert.Equal(key.Address, opened!.Address);
        Assert.Equal(Parse(Two).CurrentId, after.CurrentId);
    }

    [Theory]
    [InlineData(31, 1, false)]
    [InlineData(32, 1, true)]
    [InlineData(33, 1, false)]
    [InlineData(32, 16, true)]
    [InlineData(32, 17, false)]
    public void MasterKeys_AreSoLongAndSoMany(int bytes, int count, bool isRead) => Assert.Equal(
        isRead, MasterKeys.TryParse(string.Join(',', Enumerable.Range(0, count).Select(n => Convert.ToBase64String([.. Enumerable.Repeat((byte)n, bytes)]))), out _));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("not base64 at all")]
    [InlineData("0x0101010101010101010101010101010101010101010101010101010101010101")]
    public void MasterKeys_OfAnotherForm_AreNone(string secret)
    {
        Assert.False(MasterKeys.TryParse(secret, out _));
        Assert.False(MasterKeys.TryParse($"{One},{secret}", out _));
    }

    private static EvmKey? Open(string sealedKey, MasterKeys masters, EvmKey key) =>
        SealedKey.Open(sealedKey, Alice, key.Address.ToString(), masters.CurrentId, masters);

    private static MasterKeys Parse(string secret) => MasterKeys.TryParse(secret, out var keys) ? keys : throw new ArgumentException("No keys.", nameof(secret));
}
