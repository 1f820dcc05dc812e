using System.Globalization;
using System.Numerics;
using System.Text.Json;
using AgentMesh.Evm.Eip712;
using AgentMesh.Evm.Signing;

namespace AgentMesh.Evm.Tests.Eip712;

public sealed class TypedDataTests
{
    private static readonly TypedDataDomain Domain = new("Test");

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, VectorFile.TypedData.GetArrayLength())];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Json_IsHashedAndSignedAsTheVectorsHaveIt(int row)
    {
        var vector = VectorFile.TypedData[row];
        var data = TypedData.Read(vector.GetProperty("json").GetRawText());
        Assert.Null(data.Refusal);
        Assert.Equal(vector.Text("digest"), data.Value!.Digest.ToString());
        using var key = EvmKey.FromBytes(Keccak256.CalculateHash("cow"u8).ToArray());
        Assert.Equal(vector.Text("signature"), key.Sign(data.Value.Digest).ToHex());
    }

    [Theory]
    [InlineData("uint8", "0", true)]
    [InlineData("uint8", "255", true)]
    [InlineData("uint8", "256", false)]
    [InlineData("uint8", "-1", false)]
    [InlineData("uint128", "340282366920938463463374607431768211455", true)]
    [InlineData("uint128", "340282366920938463463374607431768211456", false)]
    [InlineData("uint256", "115792089237316195423570985008687907853269984665640564039457584007913129639935", true)]
    [InlineData("uint256", "115792089237316195423570985008687907853269984665640564039457584007913129639936", false)]
    [InlineData("int8", "127", true)]
    [InlineData("int8", "128", false)]
    [InlineData("int8", "-128", true)]
    [InlineData("int8", "-129", false)]
    [InlineData("int256", "57896044618658097711785492504343953926634992332820282019728792003956564819967", true)]
    [InlineData("int256", "57896044618658097711785492504343953926634992332820282019728792003956564819968", false)]
    [InlineData("int256", "-57896044618658097711785492504343953926634992332820282019728792003956564819968", true)]
    [InlineData("int256", "-57896044618658097711785492504343953926634992332820282019728792003956564819969", false)]
    public void Integer_HasTheRangeOfItsType(string type, string number, bool fits)
    {
        var result = Hash(type, BigInteger.Parse(number, CultureInfo.InvariantCulture));
        Assert.Equal(!fits, result.IsRefused);
        // As text it is the same, and as a number of JSON.
        Assert.Equal(result.Value?.Digest, Hash(type, number).Value?.Digest);
        Assert.Equal(result.Value?.Digest, HashJson(type, number).Value?.Digest);
    }

    [Theory]
    [InlineData("uint256", "0x0a", "10")]
    [InlineData("uint256", "0xA", "10")]
    [InlineData("uint256", "0xff", "255")]
    [InlineData("uint256", "007", "7")]
    [InlineData("uint256", "0x", null)]
    [InlineData("uint256", "", null)]
    [InlineData("uint256", "-", null)]
    [InlineData("uint256", "+1", null)]
    [InlineData("uint256", " 1", null)]
    [InlineData("uint256", "1.0", null)]
    [InlineData("uint256", "1e3", null)]
    [InlineData("uint256", "0x-1", null)]
    [InlineData("uint256", "ten", null)]
    [InlineData("int256", "-0x1", null)]
    public void Integer_AsText_IsDecimalOrHex(string type, string text, string? number)
    {
        Assert.Equal(number is null, Hash(type, text).IsRefused);
        if (number is not null)
            Assert.Equal(Hash(type, number).Value!.Digest, Hash(type, text).Value!.Digest);
    }

    [Theory]
    [InlineData("uint256", "1.0")]
    [InlineData("uint256", "1e3")]
    [InlineData("uint256", "1E400")]
    [InlineData("uint256", "true")]
    [InlineData("uint256", "null")]
    [InlineData("uint256", "[]")]
    [InlineData("uint256", "{}")]
    [InlineData("bool", "1")]
    [InlineData("bool", "\"true\"")]
    [InlineData("string", "1")]
    [InlineData("string", "null")]
    [InlineData("string", "\"\\ud800\"")]
    [InlineData("address", "\"0x036cBD53842c5426634e7929541eC2318f3dCF7e\"")]
    [InlineData("address", "\"0x036cbd53842c5426634e7929541ec2318f3dcf\"")]
    [InlineData("address", "1")]
    [InlineData("bytes", "\"ff\"")]
    [InlineData("bytes", "\"0xf\"")]
    [InlineData("bytes", "[1]")]
    [InlineData("bytes4", "\"0xffffff\"")]
    [InlineData("bytes4", "\"0xffffffffff\"")]
    [InlineData("uint8[]", "{}")]
    [InlineData("uint8[]", "\"0x01\"")]
    [InlineData("uint8[]", "[256]")]
    [InlineData("uint8[]", "[null]")]
    [InlineData("uint8[2]", "[1]")]
    [InlineData("uint8[2]", "[1,2,3]")]
    [InlineData("Other", "[]")]
    [InlineData("Other", "{}")]
    [InlineData("Other", "{\"x\":1,\"y\":2}")]
    [InlineData("Other", "{\"x\":1,\"x\":1}")]
    public void Value_ThatDoesNotFitItsType_IsRefused(string type, string value) =>
        Assert.Equal(EvmRefusals.InvalidTypedData, HashJson(type, value).Refusal?.Code);

    [Theory]
    [InlineData("uint256")]
    [InlineData("uint8")]
    [InlineData("int248")]
    [InlineData("bytes1")]
    [InlineData("bytes32")]
    [InlineData("Other")]
    [InlineData("uint8[1]")]
    [InlineData("Other[][2][]")]
    [InlineData("uint", false)]
    [InlineData("int", false)]
    [InlineData("uint0", false)]
    [InlineData("uint7", false)]
    [InlineData("uint08", false)]
    [InlineData("uint264", false)]
    [InlineData("int-8", false)]
    [InlineData("bytes0", false)]
    [InlineData("bytes33", false)]
    [InlineData("uint8[0]", false)]
    [InlineData("uint8[01]", false)]
    [InlineData("uint8[-1]", false)]
    [InlineData("uint8[", false)]
    [InlineData("uint8]", false)]
    [InlineData("uint8[]]", false)]
    [InlineData("uint8[]x", false)]
    [InlineData("uint8[1000000000000]", false)]
    [InlineData("[]", false)]
    [InlineData("", false)]
    [InlineData("Unknown", false)]
    [InlineData("Other ", false)]
    [InlineData("1Other", false)]
    [InlineData("fixed128x18", false)]
    [InlineData("function", false)]
    [InlineData("mapping(address => bool)", false)]
    public void Type_IsOneOfEip712_OrAmongTheTypes(string type, bool valid = true)
    {
        var result = TypedData.Create(Types(type), "Unused", Domain, new Dictionary<string, object?> { ["u"] = true });
        Assert.Equal(valid, !result.IsRefused);
    }

    [Theory]
    [InlineData("Test", true)]
    [InlineData("Other", false)]
    [InlineData("Unknown", false)]
    [InlineData("EIP712Domain", false)]
    public void PrimaryType_IsAmongTheTypes_AndNotTheDomains(string primaryType, bool valid) =>
        Assert.Equal(valid, !TypedData.Create(Types("uint8"), primaryType, Domain, new Dictionary<string, object?> { ["value"] = 1 }).IsRefused);

    [Theory]
    [InlineData("bool")]
    [InlineData("uint8")]
    [InlineData("bytes99")]
    [InlineData("A-B")]
    [InlineData("A(uint8 x)B")]
    [InlineData("")]
    public void NameOfAType_ThatIsNoIdentifier_IsRefused(string name)
    {
        var types = new Dictionary<string, IReadOnlyList<MemberDescription>> { ["Test"] = [], [name] = [] };
        Assert.True(TypedData.Create(types, "Test", Domain, new Dictionary<string, object?>()).IsRefused);
    }

    [Theory]
    [InlineData("x", "x")]
    [InlineData("x,bool y", "z")]
    [InlineData("1", "z")]
    [InlineData("", "z")]
    public void NameOfAMember_ThatIsTwiceOrNoIdentifier_IsRefused(string first, string second)
    {
        var types = new Dictionary<string, IReadOnlyList<MemberDescription>> { ["Test"] = [new(first, "bool"), new(second, "bool")] };
        Assert.True(TypedData.Create(types, "Test", Domain, new Dictionary<string, object?> { [first] = true, [second] = true }).IsRefused);
    }

    [Fact]
    public void Refusal_NamesThePlace()
    {
        Assert.Equal("The member value[1].x is not a uint8.", HashJson("Other[]", """[{"x":1},{"x":256}]""").Refusal!.Detail);
        Assert.Equal("The member value.x is missing.", HashJson("Other", "{}").Refusal!.Detail);
        Assert.Equal("The member value has not 2 elements.", HashJson("bool[2]", "[true]").Refusal!.Detail);
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Structs_OfATypeThatReachesItself_EndAtADepth(int depth, bool valid)
    {
        var types = new Dictionary<string, IReadOnlyList<MemberDescription>> { ["Node"] = [new("next", "Node[]")] };
        var node = new Dictionary<string, object?> { ["next"] = Array.Empty<object>() };
        // Each level is a member and an element; the array of the last one is a level too.
        for (var i = 1; i < depth; i++)
            node = new Dictionary<string, object?> { ["next"] = new object[] { node } };
        Assert.Equal(valid, !TypedData.Create(types, "Node", Domain, node).IsRefused);
    }

    [Fact]
    public void Bytes_AreTakenInSeveralForms()
    {
        var word = Bytes32.Parse("0x" + new string('7', 64));
        var expected = Hash("bytes32", word.ToString()).Value!.Digest;
        Assert.Equal(expected, Hash("bytes32", word).Value!.Digest);
        Assert.Equal(expected, Hash("bytes32", word.ToArray()).Value!.Digest);
        Assert.Equal(expected, Hash("bytes32", new ReadOnlyMemory<byte>(word.ToArray())).Value!.Digest);
    }

    private static Dictionary<string, IReadOnlyList<MemberDescription>> Types(string type) => new()
    {
        ["Test"] = [new("value", type)],
        ["Other"] = [new("x", "uint8")],
        ["Unused"] = [new("u", "bool")],
    };

    private static AgentMesh.Primitives.Result<TypedData> Hash(string type, object value) =>
        TypedData.Create(Types(type), "Test", Domain, new Dictionary<string, object?> { ["value"] = value });

    private static AgentMesh.Primitives.Result<TypedData> HashJson(string type, string value) => TypedData.Read($$$"""
        {"types":{"Test":[{"name":"value","type":{{{JsonSerializer.Serialize(type)}}}}],"Other":[{"name":"x","type":"uint8"}],"Unused":[{"name":"u","type":"bool"}]},
         "primaryType":"Test","domain":{"name":"Test"},"message":{"value":{{{value}}}}}
        """);
}
