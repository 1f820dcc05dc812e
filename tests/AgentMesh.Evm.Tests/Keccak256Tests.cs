using System.Text;
using System.Text.Json;

namespace AgentMesh.Evm.Tests;

public sealed class Keccak256Tests
{
    public static TheoryData<int> Rows => VectorFile.Rows("keccak256");

    // https://keccak.team/files/Keccak-3.0: the function before FIPS 202 changed the padding. The last row is TRANSFER_WITH_AUTHORIZATION_TYPEHASH.
    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)", "0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267")]
    public void CalculateHash_IsTheKnownOne(string text, string hash) =>
        Assert.Equal(hash, Keccak256.CalculateHash(Encoding.ASCII.GetBytes(text)).ToString());

    [Theory]
    [MemberData(nameof(Rows))]
    public void CalculateHash_IsAsTheVectorsHaveIt(int row)
    {
        var vector = VectorFile.At("keccak256")[row];
        Assert.Equal(vector.Text("hash"), Keccak256.CalculateHash(Data(vector)).ToString());
    }

    [Fact]
    public void CalculateHash_IntoItsOwnInput_IsTheSame()
    {
        var data = new byte[32];
        var expected = Keccak256.CalculateHash(data);
        Keccak256.CalculateHash(data, data);
        Assert.Equal(expected, new Bytes32(data));
    }

    [Fact]
    public void CalculateHash_OnManyThreads_IsTheSame()
    {
        var expected = Keccak256.CalculateHash(new byte[300]);
        Parallel.For(0, 1000, _ => Assert.Equal(expected, Keccak256.CalculateHash(new byte[300])));
    }

    [Fact]
    public void CalculateHash_AllocatesNothing()
    {
        var data = new byte[300];
        Keccak256.CalculateHash(data);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Keccak256.CalculateHash(data);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static byte[] Data(JsonElement vector)
    {
        if (vector.TryGetProperty("text", out var text))
            return Encoding.UTF8.GetBytes(text.GetString()!);
        if (vector.TryGetProperty("data", out _))
            return vector.Bytes("data");
        // Long data is given by its rule.
        var length = vector.GetProperty("length").GetInt32();
        return [.. Enumerable.Range(0, length).Select(i => (byte)(7 * i + length))];
    }
}
