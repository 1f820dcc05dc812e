using System.Text.Json;
using AgentMesh.Evm.Eip712;
using AgentMesh.Evm.Signing;
using AgentMesh.Evm.Tests.Eip712;
using AgentMesh.Evm.Tokens;

namespace AgentMesh.Evm.Tests.Tokens;

public sealed class TransferWithAuthorizationTests
{
    public static TheoryData<int> Rows => VectorFile.Rows("transferWithAuthorization");

    public static TheoryData<int> OtherSpellings => VectorFile.Rows("sameDigestOtherSpelling");

    [Fact]
    public void TypeHash_IsTheOneOfTheEip()
    {
        // https://eips.ethereum.org/EIPS/eip-3009, TRANSFER_WITH_AUTHORIZATION_TYPEHASH
        Assert.Equal("0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267", TransferWithAuthorization.TypeHash.ToString());
        Assert.Equal(VectorFile.At("typeHash").GetString(), TransferWithAuthorization.TypeHash.ToString());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Authorization_IsHashedAndSignedAsTheVectorsHaveIt(int row)
    {
        var vector = VectorFile.At("transferWithAuthorization")[row];
        var authorization = Read(vector.GetProperty("message"));
        var domain = TypedDataDomainTests.Of(vector.Text("domain"));
        Assert.Equal(vector.Text("domainSeparator"), domain.Separator.ToString());
        Assert.Equal(vector.Text("structHash"), authorization.CalculateStructHash().ToString());
        var digest = authorization.CalculateDigest(domain);
        Assert.Equal(vector.Text("digest"), digest.ToString());

        using var key = EvmKey.FromBytes(vector.Bytes("privateKey"));
        var signature = key.Sign(digest);
        Assert.Equal(vector.Text("signature"), signature.ToHex());
        Assert.Equal(vector.Text("r"), signature.R.ToString());
        Assert.Equal(vector.Text("s"), signature.S.ToString());
        Assert.Equal(vector.GetProperty("v").GetInt32(), signature.V);
        Assert.Equal(vector.GetProperty("yParity").GetInt32(), signature.YParity);
        Assert.Equal(vector.Address("signer"), EcRecover.RecoverAddress(digest, EvmSignature.Read(vector.Text("signature")).Value).Value);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Authorization_AsTypedData_HasTheSameDigest(int row)
    {
        var vector = VectorFile.At("transferWithAuthorization")[row];
        var domain = VectorFile.At("domains", vector.Text("domain")).EnumerateObject().Where(member => member.Name != "separator").ToDictionary(member => member.Name, member => member.Value);
        var members = TransferWithAuthorization.EncodedType.Split('(', ')')[1].Split(',').Select(member => member.Split(' ')).Select(member => new { type = member[0], name = member[1] });
        var json = JsonSerializer.Serialize(new
        {
            types = new { TransferWithAuthorization = members },
            primaryType = "TransferWithAuthorization",
            domain,
            message = vector.GetProperty("message"),
        });
        var data = TypedData.Read(json);
        Assert.Null(data.Refusal);
        Assert.Equal(TransferWithAuthorization.EncodedType, data.Value!.EncodedType);
        Assert.Equal(vector.Text("digest"), data.Value.Digest.ToString());
    }

    [Theory]
    [MemberData(nameof(OtherSpellings))]
    public void OtherSpelling_OfAnAddress_HasTheSameDigest(int row)
    {
        var spelling = VectorFile.At("sameDigestOtherSpelling")[row];
        var of = VectorFile.At("transferWithAuthorization").EnumerateArray().Single(vector => vector.Text("label") == spelling.Text("of"));
        var authorization = Read(of.GetProperty("message"));
        Assert.Equal(spelling.GetProperty("ok").GetBoolean(), EvmAddress.TryParseChecked(spelling.Text("written"), out var address));
        authorization = spelling.Text("field") == "from" ? authorization with { From = address } : authorization with { To = address };
        Assert.Equal(spelling.Text("digest"), authorization.CalculateDigest(TypedDataDomainTests.Of(of.Text("domain"))).ToString());
    }

    // EIP-3009: require(now > validAfter) and require(now < validBefore)
    [Theory]
    [InlineData(100, 99, 101, true)]
    [InlineData(100, 100, 101, false)]
    [InlineData(100, 99, 100, false)]
    [InlineData(100, 0, 100, false)]
    [InlineData(101, 100, 102, true)]
    [InlineData(1, 0, 2, true)]
    [InlineData(0, 0, 2, false)]
    [InlineData(-1, 0, 2, false)]
    public void Bounds_AreExclusive(long now, ulong validAfter, ulong validBefore, bool valid)
    {
        var authorization = new TransferWithAuthorization(default, default, 1UL, validAfter, validBefore, default);
        Assert.Equal(valid, authorization.IsValidAt(DateTimeOffset.FromUnixTimeSeconds(now)));
        Assert.Equal(valid, authorization.IsValidAt(DateTimeOffset.FromUnixTimeSeconds(now).AddMilliseconds(999)));
    }

    [Fact]
    public void Bounds_MayBeBeyondAnyDate() =>
        Assert.True(new TransferWithAuthorization(default, default, 1UL, 0UL, UInt256.MaxValue, default).IsValidAt(DateTimeOffset.MaxValue));

    [Fact]
    public void Digest_AllocatesNothing()
    {
        var authorization = Read(VectorFile.At("transferWithAuthorization")[0].GetProperty("message"));
        var domain = TypedDataDomainTests.Of("base-sepolia USDC");
        authorization.CalculateDigest(domain);
        var before = GC.GetAllocatedBytesForCurrentThread();
        authorization.CalculateDigest(domain);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    internal static TransferWithAuthorization Read(JsonElement message) => new(
        message.Address("from"), message.Address("to"), UInt256.Parse(message.Text("value")),
        UInt256.Parse(message.Text("validAfter")), UInt256.Parse(message.Text("validBefore")), message.Word("nonce"));
}
