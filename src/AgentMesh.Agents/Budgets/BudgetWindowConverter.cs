using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentMesh.Agents.Budgets;

/// <summary>A window as its text.</summary>
internal sealed class BudgetWindowConverter : JsonConverter<BudgetWindow>
{
    public override BudgetWindow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        (reader.TokenType == JsonTokenType.String ? BudgetWindow.Read(reader.GetString()!) : null) ?? throw new JsonException("A stored window is none.");

    public override void Write(Utf8JsonWriter writer, BudgetWindow value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
