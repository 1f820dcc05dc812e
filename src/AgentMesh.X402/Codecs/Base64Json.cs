using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Codecs;

/// <summary>JSON in a header: UTF-8 in the standard alphabet of base64, padded, in one piece. One text has one encoding and the other way round.</summary>
internal static class Base64Json
{
    public static string Encode<T>(T value, JsonTypeInfo<T> type) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static JsonElement? TryDecode(string? text)
    {
        // IsValid and the decoder skip white space, which a header that was folded or joined would have.
        if (text is null || text.Length is 0 or > X402Limits.MaxHeaderLength || text.AsSpan().ContainsAny(" \t\r\n") || !Base64.IsValid(text))
            return null;
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            return null;
        return WireText.TryParse(bytes.AsMemory(0, length), X402Limits.MaxHeaderLength);
    }
}
