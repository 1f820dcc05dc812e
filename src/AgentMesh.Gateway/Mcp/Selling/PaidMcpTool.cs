using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Contracts.Agents;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Selling;

/// <summary>A tool that the agent sells, as clients see it. It has no output schema, so that the terms may stand where its answer would.</summary>
internal sealed class PaidMcpTool(PaidTool sold)
{
    // Cloudflare's agents: how a list says what is paid for.
    private const string IsPaidMeta = "agents-x402/paymentRequired";
    private const string PriceMeta = "agents-x402/priceUSD";

    private static readonly JsonElement AnyArguments = JsonElement.Parse("""{"type":"object"}""");

    /// <summary>Its name.</summary>
    public string Name => sold.Name;

    /// <summary>The schema of its arguments. One that is no schema of MCP lets all arguments pass; the tool looks at them.</summary>
    public JsonElement InputSchema { get; } = SchemaOf(sold.InputSchema);

    /// <summary>As clients see it.</summary>
    public Tool Definition => new()
    {
        Name = sold.Name,
        Description = $"{sold.Description} Costs {sold.PriceUsd} USD a call, paid by x402: a call without a payment is answered with the terms.",
        InputSchema = InputSchema,
        Annotations = new ToolAnnotations { ReadOnlyHint = false, DestructiveHint = false, IdempotentHint = false, OpenWorldHint = true },
        Meta = new JsonObject { [IsPaidMeta] = true, [PriceMeta] = decimal.Parse(sold.PriceUsd, CultureInfo.InvariantCulture) },
    };

    private static JsonElement SchemaOf(string text)
    {
        try
        {
            return JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } schema
                && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object")
                    ? schema
                    : AnyArguments;
        }
        catch (JsonException)
        {
            return AnyArguments;
        }
    }
}
