using System.Runtime.InteropServices;
using System.Text.Json;

namespace AgentMesh.Gateway.Edge;

/// <summary>Texts of JSON that was read as elements.</summary>
internal static class JsonText
{
    /// <summary>The text of a string; null when it is half of a surrogate pair somewhere, which JSON lets pass until it is taken.</summary>
    public static string? TryGet(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>True when all texts of a value are texts, those within it and the names of its members too: what is not cannot be written again.</summary>
    public static bool HasTextsOnly(JsonElement value) => HasTextsOnly(JsonMarshal.GetRawUtf8Value(value));

    /// <inheritdoc cref="HasTextsOnly(JsonElement)"/>
    /// <param name="value">JSON in UTF-8.</param>
    public static bool HasTextsOnly(ReadOnlySpan<byte> value)
    {
        var json = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = RequestJson.MaxDepth });
        try
        {
            while (json.Read())
            {
                // The reader says so only when the text is taken.
                if (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && json.ValueIsEscaped)
                    _ = json.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
