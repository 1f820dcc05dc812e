using AgentMesh.Evm.Abi;

namespace AgentMesh.Evm.Tests.Abi;

public sealed class AbiTests
{
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";

    // The values and the layout of https://docs.soliditylang.org/en/latest/abi-spec.html#examples, without its arrays.
    [Fact]
    public void Encoder_PutsBytesBehindTheWords()
    {
        var data = new AbiEncoder().AddBytes("dave"u8).Add(true).AddString("Hello, world!").ToArray();
        Assert.Equal(
            "0x" + "0000000000000000000000000000000000000000000000000000000000000060"
            + One
            + "00000000000000000000000000000000000000000000000000000000000000a0"
            + "0000000000000000000000000000000000000000000000000000000000000004"
            + "6461766500000000000000000000000000000000000000000000000000000000"
            + "000000000000000000000000000000000000000000000000000000000000000d"
            + "48656c6c6f2c20776f726c642100000000000000000000000000000000000000",
            Hex.Encode(data));
        var reader = new AbiReader(data);
        Assert.True(reader.TryReadBytes(0, out var bytes));
        Assert.Equal("dave"u8, bytes);
        Assert.True(reader.TryReadBool(1, out var flag) && flag);
        Assert.True(reader.TryReadString(2, out var text));
        Assert.Equal("Hello, world!", text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void Bytes_OfAnyLength_ComeBack(int length)
    {
        var value = Enumerable.Repeat((byte)0xff, length).ToArray();
        var data = new AbiEncoder().Add(UInt256.MaxValue).AddBytes(value).ToArray();
        Assert.Equal(0, data.Length % 32);
        Assert.True(new AbiReader(data).TryReadBytes(1, out var bytes));
        Assert.Equal(value, bytes.ToArray());
        Assert.True(new AbiReader(data).TryReadUInt256(0, out var number));
        Assert.Equal(UInt256.MaxValue, number);
    }

    [Theory]
    [InlineData("", false, false, false, false)]
    [InlineData("00000000000000000000000000000000000000000000000000000000000001", false, false, false, false)]
    [InlineData(One, true, true, true, true)]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000ff", true, true, false, true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000100", true, false, false, true)]
    [InlineData("000000000000000000000000ffffffffffffffffffffffffffffffffffffffff", true, false, false, true)]
    [InlineData("000000000000000000000001ffffffffffffffffffffffffffffffffffffffff", true, false, false, false)]
    [InlineData("8000000000000000000000000000000000000000000000000000000000000001", true, false, false, false)]
    public void Word_IsReadOnlyAsWhatItCanBe(string hex, bool isWord, bool isByte, bool isBool, bool isAddress)
    {
        var reader = new AbiReader(Convert.FromHexString(hex));
        Assert.Equal(isWord, reader.TryReadUInt256(0, out _));
        Assert.Equal(isWord, reader.TryReadBytes32(0, out _));
        Assert.Equal(isByte, reader.TryReadByte(0, out _));
        Assert.Equal(isBool, reader.TryReadBool(0, out _));
        Assert.Equal(isAddress, reader.TryReadAddress(0, out _));
        Assert.False(reader.TryReadUInt256(1, out _));
        Assert.False(reader.TryReadUInt256(-1, out _));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000020", "0000000000000000000000000000000000000000000000000000000000000003", "616263", true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000020", "0000000000000000000000000000000000000000000000000000000000000004", "616263", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000020", "00000000000000000000000000000000000000000000000000000000ffffffff", "616263", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000020", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "616263", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000023", "0000000000000000000000000000000000000000000000000000000000000003", "616263", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000043", "0000000000000000000000000000000000000000000000000000000000000003", "616263", false)]
    [InlineData("000000000000000000000000000000000000000000000000000000007fffffff", "0000000000000000000000000000000000000000000000000000000000000003", "616263", false)]
    [InlineData("8000000000000000000000000000000000000000000000000000000000000020", "0000000000000000000000000000000000000000000000000000000000000003", "616263", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000020", "0000000000000000000000000000000000000000000000000000000000000001", "ff", false)]
    // A name as a bytes32 is no string.
    [InlineData("4d616b6572000000000000000000000000000000000000000000000000000000", "", "", false)]
    [InlineData("", "", "", false)]
    public void String_IsReadOnlyWhereItsBytesAre(string offset, string length, string bytes, bool valid)
    {
        Assert.Equal(valid, new AbiReader(Convert.FromHexString(offset + length + bytes)).TryReadString(0, out var text));
        Assert.Equal(valid ? "abc" : null, text);
    }
}
