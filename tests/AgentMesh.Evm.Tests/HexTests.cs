namespace AgentMesh.Evm.Tests;

public sealed class HexTests
{
    [Theory]
    [InlineData("0x", "")]
    [InlineData("0x00", "00")]
    [InlineData("0x00ff", "00FF")]
    [InlineData("0xAbCd", "ABCD")]
    [InlineData("0X00", null)]
    [InlineData("00", null)]
    [InlineData("0x0", null)]
    [InlineData("0x000", null)]
    [InlineData("0x0g", null)]
    [InlineData("0x 0", null)]
    [InlineData("0x00 ", null)]
    [InlineData("x0", null)]
    [InlineData("0", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void TryDecode_ReadsWholeBytesAfter0x(string? text, string? expected)
    {
        Assert.Equal(expected is not null, Hex.TryDecode(text, out var bytes));
        if (expected is null)
            return;
        Assert.Equal(expected, Convert.ToHexString(bytes!));
        Assert.Equal(text!.ToLowerInvariant(), Hex.Encode(bytes));
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(66, false)]
    public void Bytes32_HasExactly64Digits(int digits, bool valid)
    {
        var text = "0x" + new string('a', digits);
        Assert.Equal(valid, Bytes32.TryParse(text, out var value));
        if (valid)
            Assert.Equal(text, value.ToString());
        else
            Assert.Throws<FormatException>(() => Bytes32.Parse(text));
    }

    [Fact]
    public void Bytes32_KeepsTheOrderOfItsBytes()
    {
        var bytes = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        Assert.Equal(bytes, new Bytes32(bytes).ToArray());
        Assert.Equal(Bytes32.Parse("0x0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"), new Bytes32(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Bytes32_OfAnotherLength_Throws(int length)
    {
        Assert.Throws<ArgumentException>(() => new Bytes32(new byte[length]));
        Assert.Throws<ArgumentException>(() => new UInt256(new byte[length]));
    }
}
