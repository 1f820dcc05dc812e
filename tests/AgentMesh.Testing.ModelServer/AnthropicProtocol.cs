using System.Text.Json;

namespace AgentMesh.Testing.ModelServer;

/// <summary>Messages, https://docs.anthropic.com/en/docs/build-with-claude/streaming.</summary>
internal sealed class AnthropicProtocol : IModelProtocol
{
    public string Malformed => "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":";

    public IEnumerable<string> Begin(string model, int? inputTokens) =>
    [
        Event(
            "message_start",
            $$$""","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":{{{JsonSerializer.Serialize(model)}}},"""
            + $$$""" "stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":{{{inputTokens ?? 0}}},"output_tokens":1}}"""),
        Event("content_block_start", ""","index":0,"content_block":{"type":"text","text":""}"""),
        Event("ping", ""),
    ];

    public string Token(string model, string text) =>
        Event("content_block_delta", $$$""","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(text)}}}}""");

    public IEnumerable<string> Call(string model, int index, ModelToolCall call)
    {
        var half = call.Arguments.Length / 2;
        if (index == 0)
            yield return Event("content_block_stop", ""","index":0""");
        yield return Event(
            "content_block_start",
            $$$""","index":{{{index + 1}}},"content_block":{"type":"tool_use","id":"toolu_{{{Guid.CreateVersion7():N}}}","name":{{{JsonSerializer.Serialize(call.Name)}}},"input":{}}""");
        foreach (var part in new[] { call.Arguments[..half], call.Arguments[half..] })
            yield return Event("content_block_delta", $$$""","index":{{{index + 1}}},"delta":{"type":"input_json_delta","partial_json":{{{JsonSerializer.Serialize(part)}}}}""");
        yield return Event("content_block_stop", $$""","index":{{index + 1}}""");
    }

    public IEnumerable<string> End(string model, string finish, int? inputTokens, int outputTokens)
    {
        var reason = finish switch { "tool_calls" => "tool_use", "length" => "max_tokens", "content_filter" => "refusal", _ => "end_turn" };
        if (finish != "tool_calls")
            yield return Event("content_block_stop", ""","index":0""");
        // Of the counts only what was written: servers that copy the API repeat no more.
        var usage = inputTokens is null ? "" : $$$""","usage":{"output_tokens":{{{outputTokens}}}}""";
        yield return Event("message_delta", $$""","delta":{"stop_reason":"{{reason}}","stop_sequence":null}{{usage}}""");
        yield return Event("message_stop", "");
    }

    public string Overloaded() => "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"secret prompt\"}}";

    public string Error(string word) => $$$"""{"type":"error","error":{"type":"{{{word}}}","message":"secret prompt"}}""";

    private static string Event(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\"{members}}}";
}
