using System.Text.Json;

namespace AgentMesh.Facilitator.Rpc;

/// <summary>Reads what callers send.</summary>
internal static class RpcArgument
{
    /// <summary>The text of an element; null when it is no text.</summary>
    public static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json throws for an escape like \ud800 alone.
            return null;
        }
    }
}
