using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tests.Signing;

public sealed class EvmKeyTests
{
    private const string Order = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    private const string LastKey = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";

    public static TheoryData<int> Keys => VectorFile.Rows("keys");

    public static TheoryData<int> BadKeys => VectorFile.Rows("badPrivateKeys");

    public static TheoryData<int> Signatures => VectorFile.Rows("rawEcdsa");

    [Theory]
    [MemberData(nameof(Keys))]
    public void Key_HasTheAddressAndPublicKeyOfTheVectors(int row)
    {
        var vector = VectorFile.At("keys")[row];
        using var key = EvmKey.FromBytes(vector.Bytes("privateKey"));
        Assert.Equal(vector.Text("address"), key.Address.ToString());
        Assert.Equal(vector.Text("publicKey"), Hex.Encode(EcRecover.RecoverPublicKey(default, key.Sign(default)).Value));
    }

    [Theory]
    [MemberData(nameof(BadKeys))]
    public void FromBytes_OfTheVectorsThatAreNoKeys_Throws(int row) =>
        Assert.Throws<ArgumentException>(() => EvmKey.FromBytes(VectorFile.FromHex(VectorFile.At("badPrivateKeys")[row].GetString()!)));

    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000001", true)]
    [InlineData(LastKey, true)]
    [InlineData(Order, false)]
    [InlineData("0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false)]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000001", false)]
    [InlineData("0x000000000000000000000000000000000000000000000000000000000000000001", false)]
    [InlineData("0x", false)]
    public void FromBytes_Takes1ToTheOrderOfTheCurve(string bytes, bool valid)
    {
        if (valid)
        {
            using var key = EvmKey.FromBytes(VectorFile.FromHex(bytes));
            return;
        }

        var exception = Assert.Throws<ArgumentException>(() => EvmKey.FromBytes(VectorFile.FromHex(bytes)));
        if (bytes.Length > 4)
            Assert.DoesNotContain(bytes[2..], exception.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Signatures))]
    public void Sign_IsAsTheVectorsHaveIt(int row)
    {
        var vector = VectorFile.At("rawEcdsa")[row];
        using var key = EvmKey.FromBytes(vector.Bytes("privateKey"));
        var signature = key.Sign(vector.Word("hash"));
        Assert.Equal(vector.Text("signature"), signature.ToHex());
        Assert.Equal(vector.Address("signer"), EcRecover.RecoverAddress(vector.Word("hash"), signature).Value);
    }

    // RFC 6979 has no vectors for this curve; these are the ones of Bitcoin's libraries, https://bitcointalk.org/index.php?topic=285142.40
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "Satoshi Nakamoto", "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8", "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "All those moments will be lost in time, like tears in rain. Time to die...", "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b", "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "Satoshi Nakamoto", "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0", "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData("f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing", "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c", "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    [InlineData("e91671c46231f833a6406ccbea0e3e392c76c167bac1cb013f6f1013980455c2", "There is a computer disease that anybody who works with computers knows about. It's a very serious disease and it interferes completely with the work. The trouble with computers is that you 'play' with them!", "b552edd27580141f3b2a5463048cb7cd3e047b97c9f98076c32dbdf85a68718b", "279fa72dd19bfae05577e06c7c0c1900c371fcd5893f7e1d56a37d30174671f6")]
    public void Sign_HasTheNonceOfRfc6979(string privateKey, string message, string r, string s)
    {
        using var key = EvmKey.FromBytes(Convert.FromHexString(privateKey));
        var signature = key.Sign(new Bytes32(SHA256.HashData(Encoding.UTF8.GetBytes(message))));
        Assert.Equal("0x" + r, signature.R.ToString());
        Assert.Equal("0x" + s, signature.S.ToString());
    }

    [Fact]
    public void Sign_WithRandomKeys_RecoversTheAddress_AndIsReadBack()
    {
        using var random = RandomNumberGenerator.Create();
        for (var i = 0; i < 200; i++)
        {
            using var key = EvmKey.Create(random);
            var hash = new Bytes32(RandomNumberGenerator.GetBytes(32));
            var signature = key.Sign(hash);
            Assert.Equal(key.Address, EcRecover.RecoverAddress(hash, signature).Value);
            Assert.Equal(signature, EvmSignature.Read(signature.ToHex()).Value);
            Assert.Equal(signature, key.Sign(hash));
        }
    }

    [Fact]
    public void Sign_OnSeveralThreads_IsTheSame()
    {
        using var key = EvmKey.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());
        var expected = key.Sign(default);
        Parallel.For(0, 50, _ => Assert.Equal(expected, key.Sign(default)));
    }

    [Fact]
    public void Create_SkipsWhatIsNoKey()
    {
        using var random = new ScriptedRandom(new byte[32], VectorFile.FromHex(Order), VectorFile.FromHex(LastKey));
        using var key = EvmKey.Create(random);
        var exported = new byte[32];
        key.ExportTo(exported);
        Assert.Equal(LastKey, Hex.Encode(exported));
    }

    [Fact]
    public void Key_ShowsNothingOfItself()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        bytes[0] = 1;
        using var key = EvmKey.FromBytes(bytes);
        Assert.Equal(key.Address.ToString(), key.ToString());
        Assert.Equal(["Address"], typeof(EvmKey).GetProperties().Select(property => property.Name));
        Assert.DoesNotContain(Convert.ToHexString(bytes), string.Format(CultureInfo.InvariantCulture, "{0}", key), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Dispose_ZeroesTheKey_AndEndsItsUse()
    {
        var key = EvmKey.FromBytes(Enumerable.Repeat((byte)7, 32).ToArray());
        var held = (byte[])typeof(EvmKey).GetField("_bytes", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(key)!;
        key.Dispose();
        Assert.All(held, value => Assert.Equal(0, value));
        Assert.Throws<ObjectDisposedException>(() => key.Sign(default));
        Assert.Throws<ObjectDisposedException>(() => key.ExportTo(new byte[32]));
    }

    private sealed class ScriptedRandom(params byte[][] script) : RandomNumberGenerator
    {
        private int _next;

        public override void GetBytes(byte[] data) => script[_next++].CopyTo(data, 0);

        public override void GetBytes(Span<byte> data) => script[_next++].CopyTo(data);
    }
}
