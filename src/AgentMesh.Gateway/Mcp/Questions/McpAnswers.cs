using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Questions;

/// <summary>What a client says to the questions of an earlier round. Nothing of it can be trusted but the state, which it cannot make.</summary>
internal sealed class McpAnswers(IDictionary<string, InputResponse>? responses, string? state, ClientCapabilities? capabilities)
{
    /// <summary>What the tool wanted to know now, of this very request; null: it asked nothing, or nothing to be kept.</summary>
    public string? State => state;

    /// <summary>What the client can be asked.</summary>
    public ClientCapabilities Capabilities { get; } = capabilities ?? new ClientCapabilities();

    /// <summary>What a person filled in; null when the question was declined, or not answered in its form.</summary>
    public IDictionary<string, JsonElement>? Accepted(string name) =>
        Find(name, InputResponse.ElicitResultJsonTypeInfo) is { IsAccepted: true } result ? result.Content ?? new Dictionary<string, JsonElement>() : null;

    /// <summary>The answer to a question; null when there is none of that type.</summary>
    public T? Find<T>(string name, JsonTypeInfo<T> type)
        where T : class
    {
        if (responses is null || !responses.TryGetValue(name, out var response) || response is null || response.RawValue.ValueKind != JsonValueKind.Object)
            return null;
        try
        {
            return response.Deserialize(type);
        }
        catch (JsonException)
        {
            // Whoever needs the answer asks once more.
            return null;
        }
    }
}
