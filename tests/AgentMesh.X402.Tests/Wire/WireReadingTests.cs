using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Wire;

/// <summary>What is read of a stranger's JSON, and what is not.</summary>
public sealed class WireReadingTests
{
    private const string V2 =
        """{"x402Version":2,"resource":{"url":"https://a"},"accepts":[{"scheme":"exact","network":"eip155:84532","amount":"1","asset":"0xA","payTo":"0xB","maxTimeoutSeconds":60}]}""";

    private const string V1 =
        """{"x402Version":1,"accepts":[{"scheme":"exact","network":"base","maxAmountRequired":"1","resource":"r","description":"","payTo":"b","maxTimeoutSeconds":1,"asset":"a"}]}""";

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    public void Minimum_IsRead(string json) => Assert.False(Read(json).IsRefused);

    [Theory]
    [InlineData("error")]
    [InlineData("extensions")]
    [InlineData("resource.description")]
    [InlineData("resource.mimeType")]
    [InlineData("accepts.0.extra")]
    public void NullOfV2_IsAbsent(string path) => AssertAbsent(V2, path);

    [Theory]
    [InlineData("error")]
    [InlineData("accepts.0.mimeType")]
    [InlineData("accepts.0.outputSchema")]
    [InlineData("accepts.0.extra")]
    public void NullOfV1_IsAbsent(string path) => AssertAbsent(V1, path);

    [Theory]
    [InlineData("x402Version", "3")]
    [InlineData("x402Version", "\"2\"")]
    [InlineData("x402Version", "2.5")]
    [InlineData("x402Version", null)]
    [InlineData("resource", null)]
    [InlineData("resource", "\"https://a\"")]
    [InlineData("resource.url", null)]
    [InlineData("resource.url", "\"\"")]
    [InlineData("resource.url", "null")]
    [InlineData("accepts", null)]
    [InlineData("accepts", "[]")]
    [InlineData("accepts", "{}")]
    [InlineData("accepts.0", "null")]
    [InlineData("accepts.0.scheme", null)]
    [InlineData("accepts.0.scheme", "\"\"")]
    [InlineData("accepts.0.network", "\"base\"")]
    [InlineData("accepts.0.amount", null)]
    [InlineData("accepts.0.amount", "1")]
    [InlineData("accepts.0.amount", "null")]
    [InlineData("accepts.0.payTo", "7")]
    [InlineData("accepts.0.asset", "[]")]
    [InlineData("accepts.0.maxTimeoutSeconds", "0")]
    [InlineData("accepts.0.maxTimeoutSeconds", "-1")]
    [InlineData("accepts.0.maxTimeoutSeconds", "\"60\"")]
    [InlineData("accepts.0.maxTimeoutSeconds", "1e400")]
    [InlineData("accepts.0.extra", "[]")]
    [InlineData("accepts.0.extra", "\"x\"")]
    [InlineData("extensions", "[]")]
    [InlineData("error", "7")]
    public void AnythingElse_IsRefused(string path, string? value) => Assert.Equal(X402Refusals.InvalidPaymentRequired, Read(Change(V2, path, value)).Refusal?.Code);

    [Theory]
    [InlineData(X402Limits.MaxOptions, true)]
    [InlineData(X402Limits.MaxOptions + 1, false)]
    public void Options_AreLimited(int count, bool read)
    {
        var root = JsonNode.Parse(V2)!.AsObject();
        root["accepts"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => root["accepts"]![0]!.DeepClone())]);
        Assert.Equal(read, !Read(root.ToJsonString()).IsRefused);
    }

    [Theory]
    [InlineData("accepts.0.payTo", X402Limits.MaxTermLength, true)]
    [InlineData("accepts.0.payTo", X402Limits.MaxTermLength + 1, false)]
    [InlineData("resource.description", X402Limits.MaxTextLength, true)]
    [InlineData("resource.description", X402Limits.MaxTextLength + 1, false)]
    [InlineData("error", X402Limits.MaxTextLength, true)]
    [InlineData("error", X402Limits.MaxTextLength + 1, false)]
    public void Texts_AreLimited(string path, int length, bool read) =>
        Assert.Equal(read, !Read(Change(V2, path, $"\"{new string('a', length)}\"")).IsRefused);

    [Theory]
    [InlineData(X402Limits.MaxJsonDepth - 1, true)]
    [InlineData(X402Limits.MaxJsonDepth, false)]
    public void Depth_IsLimited(int depth, bool read) =>
        Assert.Equal(read, !Read(Change(V2, "extensions", string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1))).IsRefused);

    [Fact]
    public void NamesThatAreThereTwice_AreRefused()
    {
        Assert.True(Read(V2.Replace("\"amount\":\"1\"", "\"amount\":\"1\",\"amount\":\"2\"", StringComparison.Ordinal)).IsRefused);
        Assert.True(Read(V2.Replace("\"maxTimeoutSeconds\":60", "\"maxTimeoutSeconds\":60,\"extra\":{\"name\":\"a\",\"name\":\"b\"}", StringComparison.Ordinal)).IsRefused);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("accepts.0.extra.name")]
    [InlineData("extensions.e")]
    public void HalvesOfSurrogatePairs_AreRefused(string path) =>
        Assert.True(Read(Change(V2, path, "\"there\"").Replace("there", "\\ud800", StringComparison.Ordinal)).IsRefused);

    [Theory]
    [InlineData("resource.url")]
    [InlineData("accepts.0.extra.name")]
    [InlineData("extensions.e")]
    public void BytesThatAreNoUtf8_AreRefused(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(Change(V2, path, "\"X\""));
        bytes[Array.IndexOf(bytes, (byte)'X')] = 0xff;
        Assert.True(PaymentRequiredAnswer.Read(Convert.ToBase64String(bytes), default).IsRefused);
    }

    [Fact]
    public void UnknownMembers_OfWhatIsEchoed_ArePreserved()
    {
        var json = Change(Change(Change(V2, "accepts.0.later", "{\"deep\":[1,\"☀\"]}"), "resource.serviceName", "\"s\""), "accepts.0.extra", "{\"name\":\"USDC\",\"more\":1.50}");
        var terms = Assert.IsType<PaymentRequiredV2>(Read(json).Value);
        Assert.True(JsonElement.DeepEquals(TestPayments.Json(json), JsonSerializer.SerializeToElement(terms, WireJson.Wire.PaymentRequiredV2)));
        Assert.Contains("1.50", JsonSerializer.Serialize(terms, WireJson.Wire.PaymentRequiredV2), StringComparison.Ordinal);
        Assert.Contains("☀", JsonSerializer.Serialize(terms, WireJson.Wire.PaymentRequiredV2), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownMembers_OfTheRest_AreNoObstacle() => Assert.False(Read(Change(Change(V1, "later", "1"), "accepts.0.later", "1")).IsRefused);

    /// <summary>A value as it is read when one member of its text is another.</summary>
    internal static T Change<T>(T value, string path, string? member, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(Change(JsonSerializer.Serialize(value, type), path, member), type)!;

    internal static string Change(string json, string path, string? value)
    {
        var root = JsonNode.Parse(json)!;
        var parts = path.Split('.');
        var node = root;
        foreach (var part in parts[..^1])
            node = int.TryParse(part, out var index) ? node[index]! : node[part] ??= new JsonObject();
        if (node is JsonArray array)
            array[int.Parse(parts[^1], null)] = Parse(value);
        else if (value is null)
            node.AsObject().Remove(parts[^1]);
        else
            node[parts[^1]] = Parse(value);
        return root.ToJsonString();
    }

    private static JsonNode? Parse(string? value) => value is null ? null : JsonNode.Parse(value);

    private static void AssertAbsent(string json, string path)
    {
        var read = Read(Change(json, path, "null"));
        Assert.False(read.IsRefused);
        Assert.Equal(JsonSerializer.Serialize(read.Value!.Options[0], WireJson.Wire.PaymentRequirements), JsonSerializer.Serialize(Read(json).Value!.Options[0], WireJson.Wire.PaymentRequirements));
        Assert.DoesNotContain("null", JsonSerializer.Serialize(read.Value, read.Value.GetType(), WireJson.Wire), StringComparison.Ordinal);
    }

    private static Primitives.Result<PaymentRequired> Read(string json) => json.Contains("\"x402Version\":1", StringComparison.Ordinal)
        ? PaymentRequiredAnswer.Read(null, Encoding.UTF8.GetBytes(json))
        : PaymentRequiredAnswer.Read(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)), default);
}
