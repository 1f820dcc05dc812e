using System.Numerics;

namespace AgentMesh.Evm.Tests;

public sealed class UInt256Tests
{
    private const string Max = "115792089237316195423570985008687907853269984665640564039457584007913129639935";

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", true)]
    [InlineData("9007199254740993", true)]
    [InlineData("18446744073709551616", true)]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639934", true)]
    [InlineData(Max, true)]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936", false)]
    [InlineData("999999999999999999999999999999999999999999999999999999999999999999999999999999", false)]
    [InlineData("1000000000000000000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("", false)]
    [InlineData("-1", false)]
    [InlineData("-0", false)]
    [InlineData("+1", false)]
    [InlineData("00", false)]
    [InlineData("01", false)]
    [InlineData(" 1", false)]
    [InlineData("1 ", false)]
    [InlineData("1\n", false)]
    [InlineData("1.0", false)]
    [InlineData("1e3", false)]
    [InlineData("1_000", false)]
    [InlineData("0x10", false)]
    [InlineData("a", false)]
    [InlineData("١", false)]
    [InlineData(null, false)]
    public void Parse_TakesOneTextForANumber(string? text, bool valid)
    {
        Assert.Equal(valid, UInt256.TryParse(text, out var value));
        if (valid)
            Assert.Equal(text, value.ToString());
        else
            Assert.Throws<FormatException>(() => UInt256.Parse(text!));
    }

    [Fact]
    public void Range_EndsAt0And2To256()
    {
        var limit = BigInteger.One << 256;
        Assert.Equal(limit - 1, UInt256.MaxValue.Value);
        Assert.Equal(Max, UInt256.MaxValue.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => new UInt256(limit));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UInt256(BigInteger.MinusOne));
        Assert.False(UInt256.TryCreate(limit, out _));
        Assert.False(UInt256.TryCreate(-limit, out _));
        Assert.True(UInt256.TryCreate(limit - 1, out _));
        Assert.Equal("0", default(UInt256).ToString());
    }

    [Theory]
    [InlineData("0", "0x0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("1", "0x0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("128", "0x0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("255", "0x00000000000000000000000000000000000000000000000000000000000000ff")]
    [InlineData("256", "0x0000000000000000000000000000000000000000000000000000000000000100")]
    [InlineData("18446744073709551615", "0x000000000000000000000000000000000000000000000000ffffffffffffffff")]
    [InlineData(Max, "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void CopyTo_WritesTheWord(string number, string word)
    {
        var bytes = Enumerable.Repeat((byte)0xee, 33).ToArray();
        UInt256.Parse(number).CopyTo(bytes);
        Assert.Equal(word, Hex.Encode(bytes.AsSpan(0, 32)));
        Assert.Equal(0xee, bytes[32]);
        Assert.Equal(number, new UInt256(bytes.AsSpan(0, 32)).ToString());
    }

    [Fact]
    public void UInt64_IsTheSameNumber() => Assert.Equal(UInt256.Parse("18446744073709551615"), (UInt256)ulong.MaxValue);
}
