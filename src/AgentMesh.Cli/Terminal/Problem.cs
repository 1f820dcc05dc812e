using System.Text.Json;

namespace AgentMesh.Cli.Terminal;

/// <summary>Problem documents (RFC 9457) of our own servers.</summary>
internal static class Problem
{
    private const string UriPrefix = "urn:agentmesh:problem:";

    /// <summary>The sentence; null when it is no problem document.</summary>
    public static string? DetailOf(ReadOnlyMemory<byte> body) => TextOf(body, "detail");

    /// <summary>The code; null when it is no problem document of ours.</summary>
    public static string? CodeOf(ReadOnlyMemory<byte> body) =>
        TextOf(body, "type") is { } type && type.StartsWith(UriPrefix, StringComparison.Ordinal) ? type[UriPrefix.Length..] : null;

    private static string? TextOf(ReadOnlyMemory<byte> body, string member)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            // No JSON, or an escape like \ud800 alone.
            return null;
        }
    }
}
