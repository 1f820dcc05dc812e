using System.Text.Json;

namespace AgentMesh.Testing.ModelServer;

/// <summary>Chat completions, https://platform.openai.com/docs/api-reference/chat-streaming.</summary>
internal sealed class OpenAIProtocol : IModelProtocol
{
    public string Malformed => """data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":""";

    public IEnumerable<string> Begin(string model, int? inputTokens) =>
        [Chunk(model, """[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""")];

    public string Token(string model, string text) =>
        Chunk(model, $$$"""[{"index":0,"delta":{"content":{{{JsonSerializer.Serialize(text)}}}},"finish_reason":null}]""");

    public IEnumerable<string> Call(string model, int index, ModelToolCall call)
    {
        var half = call.Arguments.Length / 2;
        yield return Chunk(model, Delta($$$""" "id":"call_{{{Guid.CreateVersion7():N}}}","type":"function","function":{"name":{{{JsonSerializer.Serialize(call.Name)}}},"arguments":""}"""));
        yield return Chunk(model, Delta($$$""" "function":{"arguments":{{{JsonSerializer.Serialize(call.Arguments[..half])}}}}"""));
        yield return Chunk(model, Delta($$$""" "function":{"arguments":{{{JsonSerializer.Serialize(call.Arguments[half..])}}}}"""));

        string Delta(string members) => $$$"""[{"index":0,"delta":{"tool_calls":[{"index":{{{index}}},{{{members}}}}]},"finish_reason":null}]""";
    }

    public IEnumerable<string> End(string model, string finish, int? inputTokens, int outputTokens)
    {
        yield return Chunk(model, $$"""[{"index":0,"delta":{},"finish_reason":"{{finish}}"}]""");
        if (inputTokens is { } read)
            yield return Chunk(model, "[]", $$$""","usage":{"prompt_tokens":{{{read}}},"completion_tokens":{{{outputTokens}}},"total_tokens":{{{read + outputTokens}}}}""");
        yield return "data: [DONE]";
    }

    // As vLLM does it; OpenAI breaks the stream off.
    public string Overloaded() => """data: {"error":{"message":"secret prompt","type":"server_error","code":503}}""";

    public string Error(string word) => $$$"""{"error":{"message":"secret prompt","type":"some_error","param":null,"code":"{{{word}}}"}}""";

    private static string Chunk(string model, string choices, string more = "") =>
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":{{JsonSerializer.Serialize(model)}},"choices":{{choices}}{{more}}}""";
}
