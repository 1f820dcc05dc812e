using System.Text.Json;

namespace AgentMesh.X402.Wire;

/// <summary>What came back and may have more, but nothing else: <c>extra</c>, and the <c>info</c> of extensions.</summary>
internal static class JsonSubset
{
    /// <summary>Whether objects have everything that is expected, and everything else is equal.</summary>
    public static bool Contains(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind != JsonValueKind.Object)
            return JsonElement.DeepEquals(expected, actual);
        if (actual.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var member in expected.EnumerateObject())
        {
            if (!actual.TryGetProperty(member.Name, out var value) || !Contains(member.Value, value))
                return false;
        }

        return true;
    }
}
