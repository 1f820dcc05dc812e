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
}
