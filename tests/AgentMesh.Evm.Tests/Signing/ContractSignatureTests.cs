using AgentMesh.Evm.Abi;
using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tests.Signing;

public sealed class ContractSignatureTests
{
    [Fact]
    public void IsValidSignature_IsCalledWithTheSelectorOfErc1271()
    {
        // https://eips.ethereum.org/EIPS/eip-1271: bytes4(keccak256("isValidSignature(bytes32,bytes)")) = 0x1626ba7e
        var call = Erc1271.IsValidSignature(Bytes32.Parse("0x" + new string('1', 64)), [0xaa, 0xbb]);
        Assert.Equal(
            "0x1626ba7e" + new string('1', 64)
            + "0000000000000000000000000000000000000000000000000000000000000040"
            + "0000000000000000000000000000000000000000000000000000000000000002"
            + "aabb" + new string('0', 60),
            Hex.Encode(call));
    }

    [Theory]
    [InlineData("0x1626ba7e00000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("0x1626ba7f00000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0x1626ba7e00000000000000000000000000000000000000000000000000000001", false)]
    [InlineData("0x000000000000000000000000000000000000000000000000000000001626ba7e", false)]
    [InlineData("0xffffffff00000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000001", false)]
    [InlineData("0x1626ba7e", false)]
    [InlineData("0x1626ba7e0000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("0x", false)]
    public void MagicValue_IsTheOneWord(string result, bool isMagic) => Assert.Equal(isMagic, Erc1271.IsMagicValue(VectorFile.FromHex(result)));

    [Fact]
    public void Erc6492_IsTakenApart_AndIsWhatTheAbiWrites()
    {
        // https://eips.ethereum.org/EIPS/eip-6492
        var vector = VectorFile.At("erc6492");
        var bytes = vector.Bytes("wrapped");
        Assert.True(Erc6492.TryRead(bytes, out var wrapped));
        Assert.Equal(vector.Address("factory"), wrapped.Factory);
        Assert.Equal(vector.Text("factoryCalldata"), Hex.Encode(wrapped.FactoryData.Span));
        Assert.Equal(vector.Text("signature"), Hex.Encode(wrapped.Signature.Span));
        var written = new AbiEncoder().Add(wrapped.Factory).AddBytes(wrapped.FactoryData.Span).AddBytes(wrapped.Signature.Span).ToArray();
        Assert.Equal(vector.Text("wrapped"), Hex.Encode([.. written, .. vector.Bytes("magicSuffix")]));
    }

    [Fact]
    public void Erc6492_CutOffAnywhere_IsNotRead()
    {
        var bytes = VectorFile.At("erc6492").Bytes("wrapped");
        Assert.False(Erc6492.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.False(Erc6492.IsWrapped(VectorFile.At("erc6492").Bytes("signature")));
        // With its end, but without what is before it. The padding of the last value may be missing.
        for (var kept = 0; kept < bytes.Length - 32 - 31; kept += 7)
            Assert.False(Erc6492.TryRead([.. bytes.AsSpan(0, kept), .. bytes.AsSpan(bytes.Length - 32)], out _));
    }
}
