using System.Globalization;
using System.Text.Json;

namespace AgentMesh.Gateway.Mcp.Arguments;

/// <summary>References within one schema: JSON pointers (RFC 6901) behind <c>#</c>. Nothing is ever fetched.</summary>
internal static class SchemaPointer
{
    /// <summary>What a reference means; null when it means nothing in this schema.</summary>
    public static JsonElement? Find(JsonElement root, string reference)
    {
        if (reference is not ("#" or ['#', '/', ..]))
            return null;
        var place = root;
        foreach (var step in reference.Split('/').Skip(1).Select(step => Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (Step(place, step) is not { } next)
                return null;
            place = next;
        }

        return place;
    }

    private static JsonElement? Step(JsonElement place, string step) => place.ValueKind switch
    {
        JsonValueKind.Object => place.TryGetProperty(step, out var member) ? member : null,
        JsonValueKind.Array => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < place.GetArrayLength() ? place[index] : null,
        _ => null,
    };
}
