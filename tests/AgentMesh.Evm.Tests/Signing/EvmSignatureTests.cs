using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tests.Signing;

public sealed class EvmSignatureTests
{
    private const string R = "c6e30a34364b7eb1a31170afdb4271d777cbacf8ef1d79dedbdd81cf934d1220";
    private const string S = "37c22f1f4986a7dd2f602aed84f23016f3c1717b780c88383b90b4b6844313b0";
    private const string Zero = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    private const string BelowOrder = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
    private const string Ones = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    // EIP-2: s is at most this, secp256k1n / 2.
    private const string Half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    private const string AboveHalf = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";

    public static TheoryData<int> BadSignatures => VectorFile.Rows("badSignaturesOverFirstDigest", "cases");

    [Theory]
    [InlineData(R, S, "1b", null)]
    [InlineData(R, S, "1c", null)]
    [InlineData(R, S, "00", null)]
    [InlineData(R, S, "01", null)]
    [InlineData(R, S, "02", "v is none of 27, 28, 0 and 1.")]
    [InlineData(R, S, "1a", "v is none of 27, 28, 0 and 1.")]
    [InlineData(R, S, "1d", "v is none of 27, 28, 0 and 1.")]
    [InlineData(R, S, "25", "v is none of 27, 28, 0 and 1.")]
    [InlineData(R, S, "ff", "v is none of 27, 28, 0 and 1.")]
    [InlineData(One, One, "1b", null)]
    [InlineData(BelowOrder, Half, "1b", null)]
    [InlineData(Zero, S, "1b", "r is not between 0 and the order of the curve.")]
    [InlineData(Order, S, "1b", "r is not between 0 and the order of the curve.")]
    [InlineData(Ones, S, "1b", "r is not between 0 and the order of the curve.")]
    [InlineData(R, Zero, "1b", "s is not between 0 and the order of the curve.")]
    [InlineData(R, Half, "1b", null)]
    [InlineData(R, AboveHalf, "1b", "s is in the upper half of the order of the curve (EIP-2).")]
    [InlineData(R, BelowOrder, "1b", "s is in the upper half of the order of the curve (EIP-2).")]
    [InlineData(R, Order, "1b", "s is not between 0 and the order of the curve.")]
    [InlineData(R, Ones, "1b", "s is not between 0 and the order of the curve.")]
    [InlineData(R, S, "", "A signature is 0x and the 130 hex digits of r, s and v.")]
    [InlineData(R, S, "1b00", "A signature is 0x and the 130 hex digits of r, s and v.")]
    [InlineData(R, S, "1g", "A signature is 0x and the 130 hex digits of r, s and v.")]
    public void Read_TakesTheFormThatTokensTake(string r, string s, string v, string? refusal)
    {
        var result = EvmSignature.Read($"0x{r}{s}{v}");
        Assert.Equal(refusal, result.Refusal?.Detail);
        Assert.Equal(refusal is null ? null : EvmRefusals.InvalidSignature, result.Refusal?.Code);
    }

    [Theory]
    [InlineData("1b", 27, 0)]
    [InlineData("00", 27, 0)]
    [InlineData("1c", 28, 1)]
    [InlineData("01", 28, 1)]
    public void V_IsWrittenAs27Or28(string v, byte expected, int yParity)
    {
        var signature = EvmSignature.Read($"0x{R}{S}{v}").Value;
        Assert.Equal(expected, signature.V);
        Assert.Equal(yParity, signature.YParity);
        Assert.Equal($"0x{R}{S}{expected:x2}", signature.ToHex());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData($"{R}{S}1b")]
    public void Read_OfNoHex_IsRefused(string? text) => Assert.Equal(EvmRefusals.InvalidSignature, EvmSignature.Read(text).Refusal!.Code);

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(66)]
    public void Read_OfAnotherLength_IsRefused(int length) => Assert.True(EvmSignature.Read(new byte[length]).IsRefused);

    [Theory]
    [MemberData(nameof(BadSignatures))]
    public void Read_OfTheVectorsThatAreNone_IsRefused(int row)
    {
        var vector = VectorFile.At("badSignaturesOverFirstDigest", "cases")[row];
        Assert.False(vector.GetProperty("accept").GetBoolean());
        Assert.True(EvmSignature.Read(vector.Text("signature")).IsRefused);
    }

    [Fact]
    public void ToString_ShowsNothing()
    {
        var text = EvmSignature.Read($"0x{R}{S}1b").Value.ToString();
        Assert.DoesNotContain(R, text, StringComparison.Ordinal);
        Assert.DoesNotContain(S, text, StringComparison.Ordinal);
    }
}
