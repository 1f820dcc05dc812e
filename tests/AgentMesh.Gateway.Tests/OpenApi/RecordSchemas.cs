using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>Schemas of the records that the gateway reads and writes, made of what serializes them.</summary>
internal sealed class RecordSchemas
{
    /// <summary>Numbers are numbers: the defaults for the web read texts too, and write none.</summary>
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { TypeInfoResolver = GatewayJson.Default, NumberHandling = JsonNumberHandling.Strict };

    private readonly SortedDictionary<string, (Type Type, JsonObject Schema)> _all = new(StringComparer.Ordinal);

    /// <summary>The records by name, those of answers and those of requests.</summary>
    public IEnumerable<KeyValuePair<string, JsonNode?>> All => _all.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Key, one.Value.Schema.DeepClone()));

    /// <summary>What a record looks like in answers, where each member is written that is not left out when it is null.</summary>
    public JsonNode OfAnswer(Type type) => Options.GetTypeInfo(type).GetJsonSchemaAsNode(
        new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = TransformAnswer });

    /// <summary>What a body may be, by what its route says of its members.</summary>
    public JsonNode OfRequest(BodyMembers body)
    {
        if (body.Whole is { } whole)
            return whole;
        var properties = new JsonObject();
        foreach (var member in body.All)
        {
            var schema = member.IsRequired ? member.Schema : OrNull(member.Schema);
            Describe(schema, XmlDocs.SummaryOf(body.Type, char.ToUpperInvariant(member.Name[0]) + member.Name[1..]));
            properties[member.Name] = schema;
        }

        return Add(body.Type, properties, [.. body.All.Where(member => member.IsRequired).Select(member => member.Name)]);
    }

    /// <summary>The members of a record in JSON.</summary>
    public static IEnumerable<string> MembersOf(Type type) => Options.GetTypeInfo(type).Properties.Select(property => property.Name);

    private JsonObject TransformAnswer(JsonSchemaExporterContext context, JsonNode node)
    {
        // A member of any JSON has the schema `true`.
        var schema = node as JsonObject ?? [];
        schema.Remove("default");
        var isNullable = schema["type"] is JsonArray;
        if (isNullable && context.PropertyInfo is { } left && IsLeftOut(left))
        {
            schema["type"] = schema["type"]![0]!.DeepClone();
            isNullable = false;
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && schema["properties"] is JsonObject properties)
        {
            schema.Remove("properties");
            var required = context.TypeInfo.Properties.Where(property => property.Get is not null && !IsLeftOut(property)).Select(property => property.Name);
            schema = Add(context.TypeInfo.Type, properties, [.. required]);
            if (isNullable)
                schema = OrNull(schema);
        }

        if (context.PropertyInfo is { AttributeProvider: MemberInfo member })
            Describe(schema, XmlDocs.SummaryOf(member.DeclaringType!, member.Name));
        return schema;
    }

    private JsonObject Add(Type type, JsonObject properties, IReadOnlyList<string> required)
    {
        var schema = new JsonObject { ["type"] = "object" };
        Describe(schema, XmlDocs.SummaryOf(type));
        schema["properties"] = properties;
        if (required.Count > 0)
            schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        if (_all.TryGetValue(type.Name, out var known) && (known.Type != type || !JsonNode.DeepEquals(known.Schema, schema)))
            throw new InvalidOperationException($"{type.Name} is two things: it needs two names.");
        _all[type.Name] = (type, schema);
        return new JsonObject { ["$ref"] = $"#/components/schemas/{type.Name}" };
    }

    private static bool IsLeftOut(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: false) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["anyOf"] is JsonArray ways)
        {
            ways.Add((JsonNode)new JsonObject { ["type"] = "null" });
            return schema;
        }

        if (schema["type"] is not JsonValue type)
            return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        schema["type"] = new JsonArray(type.DeepClone(), "null");
        if (schema["enum"] is JsonArray words)
            words.Add((JsonNode?)null);
        return schema;
    }

    private static void Describe(JsonObject schema, string? summary)
    {
        if (summary is not null)
            schema["description"] = summary;
    }
}
