using System.Numerics;
using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tests.Signing;

public sealed class EcRecoverTests
{
    // https://www.secg.org/sec2-v2.pdf, 2.4.1
    private static readonly BigInteger FieldPrime = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;

    private static readonly Bytes32 Hash = Bytes32.Parse("0x6c919562933e7f8e69b7c9f341b95bcbae226d4ed0aaafb3b5d4491db70d06dc");

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void R_ThatIsNoPointOfTheCurve_HasNoSigner(ulong r, bool isOnCurve)
    {
        // Euler's criterion, as an independent word on x³ + 7.
        Assert.Equal(isOnCurve, BigInteger.ModPow(r * r * r + 7, (FieldPrime - 1) / 2, FieldPrime).IsOne);
        foreach (var v in new byte[] { 27, 28 })
        {
            var result = EcRecover.RecoverAddress(Hash, Signature(r, 1, v));
            Assert.Equal(!isOnCurve, result.IsRefused);
            Assert.Equal(!isOnCurve, EcRecover.RecoverPublicKey(Hash, Signature(r, 1, v)).IsRefused);
            if (!isOnCurve)
                Assert.Equal(EvmRefusals.UnrecoverableSignature, result.Refusal!.Code);
        }
    }

    [Fact]
    public void OtherV_RecoversAnotherAddress()
    {
        var even = EcRecover.RecoverAddress(Hash, Signature(1, 1, 27)).Value;
        Assert.NotEqual(even, EcRecover.RecoverAddress(Hash, Signature(1, 1, 28)).Value);
    }

    [Fact]
    public void PointAtInfinity_IsNobody()
    {
        // s·R = e·G: of the key 1, whose hash is made to fit. R = G, so r is G's x, and e = s.
        var r = new UInt256(VectorFile.FromHex("0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"));
        var hash = Word(5);
        Assert.Equal(EvmRefusals.UnrecoverableSignature, EcRecover.RecoverAddress(hash, Signature(r, 5, 27)).Refusal!.Code);
        // The point with the other y is not the opposite of e·G.
        Assert.False(EcRecover.RecoverAddress(hash, Signature(r, 5, 28)).IsRefused);
    }

    [Fact]
    public void SignatureThatNobodyRead_IsNobodys() => Assert.True(EcRecover.RecoverAddress(Hash, default).IsRefused);

    [Fact]
    public void HighSTwin_RecoversTheSame_AndIsNotRead()
    {
        var vector = VectorFile.At("badSignaturesOverFirstDigest", "cases")[0];
        var bytes = vector.Bytes("signature");
        var twin = new EvmSignature(new Bytes32(bytes.AsSpan(0, 32)), new Bytes32(bytes.AsSpan(32, 32)), bytes[64] - 27);
        Assert.Equal(vector.Address("recovers"), EcRecover.RecoverAddress(VectorFile.At("badSignaturesOverFirstDigest").Word("digest"), twin).Value);
        Assert.True(EvmSignature.Read(bytes).IsRefused);
    }

    private static EvmSignature Signature(UInt256 r, UInt256 s, byte v)
    {
        var bytes = new byte[EvmSignature.Length];
        r.CopyTo(bytes);
        s.CopyTo(bytes.AsSpan(32));
        bytes[64] = v;
        return EvmSignature.Read(bytes).Value;
    }

    private static Bytes32 Word(UInt256 value)
    {
        var bytes = new byte[32];
        value.CopyTo(bytes);
        return new Bytes32(bytes);
    }
}
