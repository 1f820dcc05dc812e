using System.Numerics;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;
using CsCheck;

namespace AgentMesh.X402.Tests.Networks;

public sealed class DecimalAmountTests
{
    [Theory]
    [InlineData("0.10", 6, "100000")]
    [InlineData("$0.10", 6, "100000")]
    [InlineData("0.1", 6, "100000")]
    [InlineData("1", 6, "1000000")]
    [InlineData("0", 6, "0")]
    [InlineData("0.000001", 6, "1")]
    [InlineData("9007199254.740993", 6, "9007199254740993")]
    [InlineData("0.000000000000000001", 18, "1")]
    [InlineData("12", 0, "12")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129.639935", 6, "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    public void Text_IsAtomicUnits(string text, int decimals, string atomic)
    {
        Assert.True(DecimalAmount.TryParse(text, decimals, out var amount));
        Assert.Equal(atomic, amount.ToString());
    }

    [Theory]
    [InlineData("0.0000001", 6)]
    [InlineData("0.1000000", 6)]
    [InlineData("1.0", 0)]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129.639936", 6)]
    [InlineData("", 6)]
    [InlineData("$", 6)]
    [InlineData(".1", 6)]
    [InlineData("1.", 6)]
    [InlineData("01", 6)]
    [InlineData("-1", 6)]
    [InlineData("+1", 6)]
    [InlineData("1e3", 6)]
    [InlineData("0x1", 6)]
    [InlineData("1,000", 6)]
    [InlineData("1.0.0", 6)]
    [InlineData(" 1", 6)]
    [InlineData("$$1", 6)]
    [InlineData("١", 6)]
    [InlineData("NaN", 6)]
    [InlineData(null, 6)]
    public void AnythingElse_IsNone(string? text, int decimals) => Assert.False(DecimalAmount.TryParse(text, decimals, out _));

    [Theory]
    [InlineData("100000", 6, "0.1")]
    [InlineData("1000000", 6, "1")]
    [InlineData("1", 6, "0.000001")]
    [InlineData("0", 6, "0")]
    [InlineData("12", 0, "12")]
    public void Format_IsForPeople(string atomic, int decimals, string text) => Assert.Equal(text, DecimalAmount.Format(UInt256.Parse(atomic), decimals));

    [Fact]
    public void WhatIsWritten_IsReadAsTheSame() =>
        Gen.Select(Gen.Byte.Array[0, 32], Gen.Int[0, 24]).Sample((bytes, decimals) =>
        {
            var amount = new UInt256(new BigInteger(bytes, isUnsigned: true));
            Assert.True(DecimalAmount.TryParse(DecimalAmount.Format(amount, decimals), decimals, out var read));
            Assert.Equal(amount, read);
        });
}
