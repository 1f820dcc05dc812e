using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>Tells payments of the versions apart by <c>x402Version</c>.</summary>
internal sealed class PaymentPayloadConverter : JsonConverter<PaymentPayload>
{
    public override PaymentPayload? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        return WireText.VersionOf(element) switch
        {
            X402Version.V1 => element.Deserialize(WireJson.Wire.PaymentPayloadV1),
            X402Version.V2 => element.Deserialize(WireJson.Wire.PaymentPayloadV2),
            _ => throw new JsonException("x402Version is neither 1 nor 2."),
        };
    }

    public override void Write(Utf8JsonWriter writer, PaymentPayload value, JsonSerializerOptions options)
    {
        if (value is PaymentPayloadV1 v1)
            JsonSerializer.Serialize(writer, v1, WireJson.Wire.PaymentPayloadV1);
        else
            JsonSerializer.Serialize(writer, (PaymentPayloadV2)value, WireJson.Wire.PaymentPayloadV2);
    }
}
