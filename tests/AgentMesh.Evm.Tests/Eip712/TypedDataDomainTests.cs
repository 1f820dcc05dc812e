using System.Text;
using AgentMesh.Evm.Eip712;

namespace AgentMesh.Evm.Tests.Eip712;

public sealed class TypedDataDomainTests
{
    private const string Contract = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

    public static TheoryData<string> Names => [.. VectorFile.At("domains").EnumerateObject().Select(domain => domain.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Separator_IsAsTheVectorsHaveIt(string name) =>
        Assert.Equal(VectorFile.At("domains", name).Text("separator"), Of(name).Separator.ToString());

    [Fact]
    public void EverySubsetOfValues_HasTheSeparatorOfItsJson()
    {
        for (var subset = 0; subset < 32; subset++)
        {
            string?[] members =
            [
                (subset & 1) == 0 ? null : "\"name\":\"N\"",
                (subset & 2) == 0 ? null : "\"version\":\"\"",
                (subset & 4) == 0 ? null : "\"chainId\":\"0x10\"",
                (subset & 8) == 0 ? null : $"\"verifyingContract\":\"{Contract}\"",
                (subset & 16) == 0 ? null : $"\"salt\":\"{new Bytes32(new byte[32])}\"",
            ];
            var domain = new TypedDataDomain(
                members[0] is null ? null : "N",
                members[1] is null ? null : "",
                members[2] is null ? null : 16UL,
                members[3] is null ? null : EvmAddress.Parse(Contract),
                members[4] is null ? null : new Bytes32(new byte[32]));
            Assert.Equal(domain.Separator, Read("", string.Join(',', members.Where(member => member is not null).Reverse())).Value!.DomainSeparator);
        }
    }

    [Theory]
    // Declared in another order, which is then the signed one; with a type of one's own; with a member that the EIP does not know.
    [InlineData("""{"name":"version","type":"string"},{"name":"name","type":"string"}""", "\"name\":\"N\",\"version\":\"1\"", true)]
    [InlineData("""{"name":"chainId","type":"uint64"}""", "\"chainId\":1", true)]
    [InlineData("""{"name":"tenant","type":"string"}""", "\"tenant\":\"t\"", true)]
    [InlineData("""{"name":"name","type":"string"}""", "\"name\":\"N\",\"salt\":null", true)]
    [InlineData("""{"name":"name","type":"string"}""", "\"name\":\"N\",\"chainId\":1", false)]
    [InlineData("""{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}""", "\"name\":\"N\"", false)]
    [InlineData(null, "\"tenant\":\"t\"", false)]
    [InlineData(null, "\"chainId\":-1", false)]
    [InlineData(null, "\"version\":1", false)]
    public void Domain_HasExactlyTheDeclaredMembers(string? declared, string domain, bool valid) =>
        Assert.Equal(valid, !Read(declared is null ? "" : $"\"EIP712Domain\":[{declared}],", domain).IsRefused);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"types":{},"primaryType":"A","domain":{}}""")]
    [InlineData("""{"types":{},"domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":"A","message":{}}""")]
    [InlineData("""{"types":[],"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":{}},"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[{"name":"x"}]},"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[{"name":1,"type":"bool"}]},"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":1,"domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":"A","domain":[],"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":"A","domain":{},"message":[]}""")]
    [InlineData("""{"types":{"A":[]},"types":{"A":[]},"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":"A","domain":{},"message":{}} x""")]
    public void Read_OfAnotherForm_IsRefused(string json) => Assert.Equal(EvmRefusals.InvalidTypedData, TypedData.Read(json).Refusal?.Code);

    [Fact]
    public void Read_OfTooMuch_IsRefused()
    {
        var padding = new string(' ', TypedDataLimits.MaxJsonLength);
        const string Json = """{"types":{"A":[]},"primaryType":"A","domain":{},"message":{}}""";
        Assert.False(TypedData.Read(Json + padding[Json.Length..]).IsRefused);
        Assert.True(TypedData.Read(Json + padding[Json.Length..] + " ").IsRefused);
        Assert.True(TypedData.Read(new string('[', 1000) + new string(']', 1000)).IsRefused);
    }

    [Theory]
    [InlineData(TypedDataLimits.MaxTypes, 0, true)]
    [InlineData(TypedDataLimits.MaxTypes + 1, 0, false)]
    [InlineData(1, TypedDataLimits.MaxMembers, true)]
    [InlineData(1, TypedDataLimits.MaxMembers + 1, false)]
    public void Types_AreLimited(int types, int members, bool valid)
    {
        var all = Enumerable.Range(0, types).ToDictionary(
            i => $"T{i}", IReadOnlyList<MemberDescription> (_) => [.. Enumerable.Range(0, members).Select(i => new MemberDescription($"m{i}", "bool"))]);
        var message = Enumerable.Range(0, members).ToDictionary(i => $"m{i}", object? (_) => true);
        Assert.Equal(valid, !TypedData.Create(all, "T0", new TypedDataDomain(), message).IsRefused);
    }

    [Fact]
    public void Domain_WithHalfASurrogatePair_Throws() => Assert.Throws<EncoderFallbackException>(() => new TypedDataDomain("\ud800"));

    internal static TypedDataDomain Of(string name)
    {
        var domain = VectorFile.At("domains", name);
        return new TypedDataDomain(domain.Text("name"), domain.Text("version"), domain.GetProperty("chainId").GetUInt64(), domain.Address("verifyingContract"));
    }

    private static AgentMesh.Primitives.Result<TypedData> Read(string declared, string domain) =>
        TypedData.Read("{\"types\":{" + declared + "\"A\":[]},\"primaryType\":\"A\",\"domain\":{" + domain + "},\"message\":{}}");
}
