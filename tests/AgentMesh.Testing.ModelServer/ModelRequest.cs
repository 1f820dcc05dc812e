using System.Text.Json;

namespace AgentMesh.Testing.ModelServer;

/// <summary>What the server was asked.</summary>
/// <param name="Path">Of the request.</param>
/// <param name="Headers">Of the request, by names in small letters.</param>
/// <param name="Body">Of the request.</param>
public sealed record ModelRequest(string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body)
{
    /// <summary>The model's name.</summary>
    public string Model => Body.GetProperty("model").GetString()!;

    /// <summary>Role and text of the messages, a system prompt of Anthropic's first.</summary>
    public IReadOnlyList<(string Role, string Text)> Messages =>
    [
        .. Body.TryGetProperty("system", out var system) ? [("system", Text(system))] : Array.Empty<(string, string)>(),
        .. Body.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString()!, Text(message.GetProperty("content")))),
    ];

    /// <summary>The message that is answered.</summary>
    public string LastUserMessage => Messages.Last(message => message.Role == "user").Text;

    private static string Text(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
}
