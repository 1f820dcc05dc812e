using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.X402.Wire;

/// <summary>Tells the versions of requirements that stand alone apart: the member of the amount has another name in each.</summary>
internal sealed class PaymentRequirementsConverter : JsonConverter<PaymentRequirements>
{
    public override PaymentRequirements? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        var isV1 = element.ValueKind == JsonValueKind.Object && !element.TryGetProperty("amount", out _) && element.TryGetProperty("maxAmountRequired", out _);
        return isV1 ? element.Deserialize(WireJson.Wire.PaymentRequirementsV1) : element.Deserialize(WireJson.Wire.PaymentRequirementsV2);
    }

    public override void Write(Utf8JsonWriter writer, PaymentRequirements value, JsonSerializerOptions options)
    {
        if (value is PaymentRequirementsV1 v1)
            JsonSerializer.Serialize(writer, v1, WireJson.Wire.PaymentRequirementsV1);
        else
            JsonSerializer.Serialize(writer, (PaymentRequirementsV2)value, WireJson.Wire.PaymentRequirementsV2);
    }
}
