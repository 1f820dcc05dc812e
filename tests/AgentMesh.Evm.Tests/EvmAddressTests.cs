namespace AgentMesh.Evm.Tests;

public sealed class EvmAddressTests
{
    public static TheoryData<int> Valid => VectorFile.Rows("eip55", "valid");

    public static TheoryData<int> Others => VectorFile.Rows("eip55", "others");

    // The test cases of https://eips.ethereum.org/EIPS/eip-55
    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0x8617E340B3D01FA5F11F306F4090FD50E238070D")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x27b1fdb04752bbc536007a920d24acb045561c26")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void ToString_IsEip55(string text)
    {
        Assert.Equal(text, EvmAddress.Parse(text.ToLowerInvariant()).ToString());
        Assert.True(EvmAddress.TryParseChecked(text, out var address));
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void ToString_IsAsTheVectorsHaveIt(int row)
    {
        var vector = VectorFile.At("eip55", "valid")[row];
        Assert.True(EvmAddress.TryParseChecked(vector.Text("lower"), out var address));
        Assert.Equal(vector.Text("checksum"), address.ToString());
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void TryParseChecked_IsAsTheVectorsHaveIt(int row)
    {
        var vector = VectorFile.At("eip55", "others")[row];
        Assert.Equal(vector.GetProperty("valid").GetBoolean(), EvmAddress.TryParseChecked(vector.Text("text"), out _));
    }

    [Theory]
    [InlineData("0x036cbd53842c5426634e7929541ec2318f3dcf7e", true, true)]
    [InlineData("0x036CBD53842C5426634E7929541EC2318F3DCF7E", true, true)]
    [InlineData("0x036CbD53842c5426634e7929541eC2318f3dCF7e", true, true)]
    [InlineData("0x036cBD53842c5426634e7929541eC2318f3dCF7e", true, false)]
    [InlineData("0x036CbD53842c5426634e7929541eC2318f3dCF7E", true, false)]
    [InlineData("0X036cbd53842c5426634e7929541ec2318f3dcf7e", false, false)]
    [InlineData("036cbd53842c5426634e7929541ec2318f3dcf7e", false, false)]
    [InlineData("0x036cbd53842c5426634e7929541ec2318f3dcf7", false, false)]
    [InlineData("0x036cbd53842c5426634e7929541ec2318f3dcf7e0", false, false)]
    [InlineData("0x036cbd53842c5426634e7929541ec2318f3dcf7g", false, false)]
    [InlineData(" 0x036cbd53842c5426634e7929541ec2318f3dcf7", false, false)]
    [InlineData("", false, false)]
    [InlineData(null, false, false)]
    public void Parse_TakesAnyCase_AndLooksAtTheChecksumWhereAsked(string? text, bool parses, bool isChecked)
    {
        Assert.Equal(parses, EvmAddress.TryParse(text, out var address));
        Assert.Equal(isChecked, EvmAddress.TryParseChecked(text, out var checkedAddress));
        Assert.Equal(parses ? "0x036CbD53842c5426634e7929541eC2318f3dCF7e" : EvmAddress.Zero.ToString(), address.ToString());
        Assert.Equal(isChecked ? address : EvmAddress.Zero, checkedAddress);
        if (!parses)
            Assert.Throws<FormatException>(() => EvmAddress.Parse(text!));
    }

    [Theory]
    [InlineData(19)]
    [InlineData(21)]
    public void Address_OfAnotherLength_Throws(int length) => Assert.Throws<ArgumentException>(() => new EvmAddress(new byte[length]));
}
