using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Primitives;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.ProtocolExtensions;

/// <summary>
/// The extension <c>payment-identifier</c>: a name that the client gives to what it wants, the same on every retry. Look it up before the
/// payment is verified, and bound to tenant, seller and payer: the same id with the same payment is answered as before, with another
/// payment it is 409, and where it is required and missing, 400.
/// </summary>
public static class PaymentIdentifier
{
    /// <summary>The extension's name.</summary>
    public const string Name = "payment-identifier";

    /// <summary>Characters at least.</summary>
    public const int MinLength = 16;

    /// <summary>Characters at most.</summary>
    public const int MaxLength = 128;

    // The schema of the extension's specification.
    private const string Schema =
        """{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"required":{"type":"boolean"},"id":{"type":"string","minLength":16,"maxLength":128}},"required":["required"]}""";

    /// <summary>Whether a text is 16 to 128 of <c>[A-Za-z0-9_-]</c>.</summary>
    public static bool IsValid(string? id)
    {
        if (id is not { Length: >= MinLength and <= MaxLength })
            return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
                return false;
        }

        return true;
    }

    /// <summary>The extensions of an offer that takes identifiers, to be used as they are or as a part of more.</summary>
    public static JsonElement Offer(bool required) =>
        ToElement(new JsonObject { [Name] = new JsonObject { ["info"] = new JsonObject { ["required"] = required }, ["schema"] = JsonNode.Parse(Schema) } });

    /// <summary>Whether terms offer the extension.</summary>
    public static bool IsOffered(JsonElement? extensions) => InfoOf(extensions) is not null;

    /// <summary>Whether terms demand an identifier.</summary>
    public static bool IsRequired(JsonElement? extensions) =>
        InfoOf(extensions) is { } info && info.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.True;

    /// <summary>
    /// The identifier of a payment; an empty text when it has none. Refused with <see cref="X402Reasons.InvalidPayload"/> when it is
    /// outside the grammar: 400, not another 402.
    /// </summary>
    public static Result<string> Read(PaymentPayload payload)
    {
        if (payload is not PaymentPayloadV2 v2 || InfoOf(v2.Extensions) is not { } info || !info.TryGetProperty("id", out var id) || id.ValueKind == JsonValueKind.Null)
            return "";
        var text = WireText.TextOf(info, "id");
        return IsValid(text) ? text! : new Refusal(X402Reasons.InvalidPayload, $"A payment identifier is {MinLength} to {MaxLength} of A-Z, a-z, 0-9, '_' and '-'.");
    }

    /// <summary>The extensions that go back, with the identifier. Nothing is added where it was not offered.</summary>
    /// <exception cref="ArgumentException">The identifier is outside the grammar.</exception>
    public static JsonElement? AddTo(JsonElement? extensions, string id)
    {
        if (!IsValid(id))
            throw new ArgumentException($"A payment identifier is {MinLength} to {MaxLength} of A-Z, a-z, 0-9, '_' and '-'.", nameof(id));
        if (!IsOffered(extensions))
            return extensions;
        var copy = JsonObject.Create(extensions!.Value)!;
        copy[Name]!["info"]!["id"] = id;
        return ToElement(copy);
    }

    private static JsonElement? InfoOf(JsonElement? extensions) =>
        extensions is { ValueKind: JsonValueKind.Object } all
        && all.TryGetProperty(Name, out var extension) && extension.ValueKind == JsonValueKind.Object
        && extension.TryGetProperty("info", out var info) && info.ValueKind == JsonValueKind.Object
            ? info
            : null;

    private static JsonElement ToElement(JsonObject value)
    {
        using var document = JsonDocument.Parse(value.ToJsonString());
        return document.RootElement.Clone();
    }
}
