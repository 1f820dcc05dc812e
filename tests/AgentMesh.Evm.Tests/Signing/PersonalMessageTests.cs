using System.Text;
using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tests.Signing;

public sealed class PersonalMessageTests
{
    public static TheoryData<int> Rows => VectorFile.Rows("eip191");

    [Theory]
    [MemberData(nameof(Rows))]
    public void Message_IsHashedAndSignedAsTheVectorsHaveIt(int row)
    {
        var vector = VectorFile.At("eip191")[row];
        var hash = vector.TryGetProperty("message", out _)
            ? PersonalMessage.CalculateHash(vector.Text("message"))
            : PersonalMessage.CalculateHash(vector.Bytes("raw"));
        Assert.Equal(vector.Text("hash"), hash.ToString());
        using var key = EvmKey.FromBytes(vector.Bytes("privateKey"));
        Assert.Equal(vector.Text("signature"), key.Sign(hash).ToHex());
        Assert.Equal(vector.Address("signer"), EcRecover.RecoverAddress(hash, EvmSignature.Read(vector.Text("signature")).Value).Value);
    }

    // The hash is the one of https://docs.ethers.org/v5/api/utils/hashing/#utils-hashMessage
    [Fact]
    public void Message_OfText_IsThatOfItsUtf8()
    {
        Assert.Equal("0xa1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2", PersonalMessage.CalculateHash("Hello World").ToString());
        Assert.Equal(PersonalMessage.CalculateHash(Encoding.UTF8.GetBytes("é☀")), PersonalMessage.CalculateHash("é☀"));
    }

    [Fact]
    public void Message_WithHalfASurrogatePair_Throws() => Assert.Throws<EncoderFallbackException>(() => PersonalMessage.CalculateHash("\ud800"));
}
