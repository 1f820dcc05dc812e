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
        .. Body.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString()!, message.TryGetProperty("content", out var content) ? Text(content) : "")),
    ];

    /// <summary>The message that is answered.</summary>
    public string LastUserMessage => Messages.Last(message => message is { Role: "user", Text.Length: > 0 }).Text;

    /// <summary>Most tokens of the reply; null: as many as it likes.</summary>
    public int? MostTokens => Body.TryGetProperty("max_completion_tokens", out var most) || Body.TryGetProperty("max_tokens", out most) ? most.GetInt32() : null;

    /// <summary>Names of the tools that are offered.</summary>
    public IReadOnlyList<string> Tools => Body.TryGetProperty("tools", out var tools)
        ? [.. tools.EnumerateArray().Select(tool => (tool.TryGetProperty("function", out var function) ? function : tool).GetProperty("name").GetString()!)]
        : [];

    /// <summary>Tools are offered and not forbidden.</summary>
    public bool MayCall => Tools.Count > 0
        && !(Body.TryGetProperty("tool_choice", out var choice) && choice.ToString().Contains("none", StringComparison.Ordinal));

    /// <summary>What tools said since the user's last message, in order.</summary>
    public IReadOnlyList<string> ToolResults =>
    [
        .. Body.GetProperty("messages").EnumerateArray().SelectMany(message => message.GetProperty("role").GetString() switch
        {
            // OpenAI: a message for each; Anthropic: parts of a message of the user.
            "tool" => [Text(message.GetProperty("content"))],
            "user" when message.GetProperty("content").ValueKind == JsonValueKind.Array => message.GetProperty("content").EnumerateArray()
                .Where(part => part.GetProperty("type").GetString() == "tool_result").Select(part => Text(part.GetProperty("content"))),
            _ => Array.Empty<string>(),
        }),
    ];

    // Calls of tools and their results have no text of their own.
    private static string Text(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : "")),
        _ => "",
    };
}
