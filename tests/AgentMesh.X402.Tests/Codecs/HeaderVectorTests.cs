using System.Text.Json;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Tests.Codecs;

/// <summary>The headers that another implementation wrote: read, and written again, byte for byte.</summary>
public sealed class HeaderVectorTests
{
    [Fact]
    public void PaymentRequired_V2()
    {
        var vector = VectorFile.At("headers", "PAYMENT-REQUIRED v2");
        var read = PaymentRequiredAnswer.Read(vector.Text("base64"), default);
        var terms = Assert.IsType<PaymentRequiredV2>(read.Value);
        Assert.Equal("Zürich ☀ 天気", terms.Resource.Description);
        Assert.Equal(vector.Text("json"), JsonSerializer.Serialize(terms, WireJson.Wire.PaymentRequiredV2));
        Assert.Equal(vector.Text("base64"), PaymentRequiredAnswer.Create(terms, null).Header);
    }

    [Theory]
    [InlineData("PAYMENT-SIGNATURE v2", 2)]
    [InlineData("X-PAYMENT v1", 1)]
    public void Payment(string name, int version)
    {
        var vector = VectorFile.At("headers", name);
        var text = vector.Text("base64");
        var read = version == 2 ? PaymentHeaders.ReadPayment(text, null) : PaymentHeaders.ReadPayment(null, text);
        Assert.False(read.IsRefused, read.Refusal?.Detail);
        Assert.Equal(version, read.Value.X402Version);
        Assert.Equal(vector.Text("json"), JsonSerializer.Serialize(read.Value, WireJson.Wire.PaymentPayload));
        Assert.Equal(text, PaymentHeaders.Write(read.Value));
        Assert.Equal(name[..^3], PaymentHeaders.NameOf(read.Value));
    }

    [Theory]
    [InlineData("PAYMENT-RESPONSE v2", true, null)]
    [InlineData("X-PAYMENT-RESPONSE v1", true, null)]
    [InlineData("PAYMENT-RESPONSE v2 failure", false, "insufficient_funds")]
    public void Response(string name, bool success, string? reason)
    {
        var vector = VectorFile.At("headers", name);
        var read = PaymentHeaders.ReadResponse(vector.Text("base64"));
        Assert.False(read.IsRefused);
        Assert.Equal(success, read.Value.Success);
        Assert.Equal(reason, read.Value.ErrorReason);
        Assert.Equal("0xB839FcC10e9B0c5A0d409F664B4E5c4e75cD3241", read.Value.Payer);
        Assert.Equal(vector.Text("base64"), PaymentHeaders.Write(read.Value));
    }
}
