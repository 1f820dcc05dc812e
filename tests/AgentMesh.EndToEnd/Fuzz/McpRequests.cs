using System.Text;
using System.Text.Json;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>Messages of MCP in all revisions: the methods, the tools with arguments by their schemas, and what is none of them.</summary>
internal static class McpRequests
{
    private const string Newest = "2026-07-28";
    private const string Prefix = "io.modelcontextprotocol/";
    private const string ToolFiles = "src/AgentMesh.Gateway/Mcp/Tools";

    private static readonly string[] Revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", Newest];

    /// <summary>Tools that do something; the others only read.</summary>
    private static readonly string[] Acting = ["send_message", "send_to_agent", "pay", "premium_analysis"];

    private static readonly Gen<string> Ids = Gens.Mix(
        (10, Gens.Of("1", "\"a\"", "0", "-1", "7")), (2, Evil.Number), (2, Evil.JsonText), (1, Gens.Of("null", "{}", "[]", "true", "1.5", "\"\"", "")));

    private static readonly Gen<string> Revision = Gens.Mix((12, Gens.Of(Revisions)), (1, Gens.Of("", "2023-01-01", "2099-01-01", "latest", "2026-07-28 ", "\u00e9", new string('9', 2000))));

    // Method and parameters that it knows.
    private static readonly (string Method, string Schema)[] Methods =
    [
        ("initialize", """{"type":"object","properties":{"protocolVersion":{"enum":["2024-11-05","2025-11-25","2026-07-28","1"]},"capabilities":{"type":"object","properties":{"elicitation":{"type":"object"}}},"clientInfo":{"type":"object","properties":{"name":{"type":"string"},"version":{"type":"string"}},"required":["name","version"]}},"required":["protocolVersion","capabilities","clientInfo"]}"""),
        ("ping", """{"type":"object"}"""),
        ("server/discover", """{"type":"object"}"""),
        ("tools/list", """{"type":"object","properties":{"cursor":{"type":"string"}}}"""),
        ("resources/list", """{"type":"object","properties":{"cursor":{"type":"string"}}}"""),
        ("resources/templates/list", """{"type":"object","properties":{"cursor":{"type":"string"}}}"""),
        ("resources/read", """{"type":"object","properties":{"uri":{"type":"string"}},"required":["uri"]}"""),
        ("resources/subscribe", """{"type":"object","properties":{"uri":{"type":"string"}},"required":["uri"]}"""),
        ("prompts/list", """{"type":"object","properties":{"cursor":{"type":"string"}}}"""),
        ("prompts/get", """{"type":"object","properties":{"name":{"enum":["catch_up","none"]},"arguments":{"type":"object","properties":{"sessionId":{"type":"string"}}}},"required":["name"]}"""),
        ("completion/complete", """{"type":"object","properties":{"ref":{"type":"object","properties":{"type":{"enum":["ref/prompt","ref/resource","ref/none"]},"name":{"type":"string"},"uri":{"type":"string"}},"required":["type"]},"argument":{"type":"object","properties":{"name":{"type":"string"},"value":{"type":"string"}},"required":["name","value"]}},"required":["ref","argument"]}"""),
        ("logging/setLevel", """{"type":"object","properties":{"level":{"enum":["debug","info","none"]}},"required":["level"]}"""),
        ("tasks/get", """{"type":"object","properties":{"taskId":{"type":"string"}},"required":["taskId"]}"""),
        ("tasks/update", """{"type":"object","properties":{"taskId":{"type":"string"},"inputResponses":{"type":"object"}},"required":["taskId"]}"""),
        ("tasks/cancel", """{"type":"object","properties":{"taskId":{"type":"string"}},"required":["taskId"]}"""),
        ("tasks/list", """{"type":"object"}"""),
        ("notifications/initialized", """{"type":"object"}"""),
        ("notifications/cancelled", """{"type":"object","properties":{"requestId":{"type":"string"},"reason":{"type":"string"}}}"""),
        ("notifications/progress", """{"type":"object","properties":{"progressToken":{"type":"string"},"progress":{"type":"number"}}}"""),
        ("roots/list", """{"type":"object"}"""),
        ("sampling/createMessage", """{"type":"object","properties":{"messages":{"type":"array"},"maxTokens":{"type":"integer"}}}"""),
        ("elicitation/create", """{"type":"object"}"""),
        ("rpc.discover", """{"type":"object"}"""),
        ("tools/call ", """{"type":"object"}"""),
        ("", """{"type":"object"}"""),
    ];

    // By chance none of these is a good payment: those have a grammar of their own.
    private static readonly Gen<string> Metas = Gens.Mix(
        (6, Gen.Const("")),
        (2, Evil.Json.Select(value => $"\"x402/payment\":{value}")),
        (1, Evil.Json.Select(value => $"\"progressToken\":{value}")),
        (1, Evil.Json.Select(value => $"\"{Prefix}clientInfo\":{value}")),
        (1, Gens.Of("\"a\":1,\"a\":2", "\"x402/payment\":\"e30=\"", "\"x402/payment\":{\"x402Version\":2}", $"\"{Prefix}tasks\":{{}}", "\"traceparent\":\"00-0\"")));

    /// <summary>Messages to an agent's endpoint.</summary>
    public static Gen<HttpCase> All { get; } = Make();

    /// <summary>Whether a message that is not refused may store something.</summary>
    public static bool MayStore(byte[] body)
    {
        try
        {
            using var message = JsonDocument.Parse(body);
            var (method, parameters) = (message.RootElement.GetProperty("method").GetString()!, message.RootElement.GetProperty("params"));
            return method.StartsWith("tasks/", StringComparison.Ordinal) || method == "tools/call" && Acting.Contains(parameters.GetProperty("name").GetString());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static Gen<HttpCase> Make()
    {
        var schemas = new SchemaText(JsonElement.Parse("{}"));
        var requests = Methods.Select(method => (method.Method, Name: "", Valid: schemas.Valid(JsonElement.Parse(method.Schema)), Wrong: schemas.Wrong(JsonElement.Parse(method.Schema)))).ToList();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Mesh.Root, ToolFiles), "*.json").Order(StringComparer.Ordinal))
        {
            var tool = JsonElement.Parse(File.ReadAllBytes(file));
            var (name, input) = (tool.GetProperty("name").GetString()!, tool.GetProperty("inputSchema"));
            Add(name, schemas.Valid(input), schemas.Wrong(input));
            Add(name, schemas.Valid(input), schemas.Wrong(input));
        }

        var query = JsonElement.Parse("""{"type":"object","properties":{"query":{"type":"string","minLength":1,"maxLength":4096}},"required":["query"],"additionalProperties":false}""");
        Add("premium_analysis", schemas.Valid(query), schemas.Wrong(query));
        Add("none", schemas.Valid(query), schemas.Wrong(query));
        var made = requests.Select(request => Gens.Mix((2, request.Valid), (3, request.Wrong)).SelectMany(parameters => Message(request.Method, request.Name, parameters))).ToArray();
        return Gens.Mix((30, Gens.OneOf(made)), (2, Evil.Json.Select(text => Post("rubbish", Revisions[2], Encoding.UTF8.GetBytes(text)))), (1, Evil.Bytes.Select(bytes => Post("rubbish bytes", Newest, bytes))), (1, Batches(Gens.OneOf(made))));

        void Add(string tool, Gen<string> valid, Gen<string> wrong) => requests.Add(("tools/call", tool, Call(tool, valid), Call(tool, wrong)));
    }

    private static Gen<string> Call(string tool, Gen<string> arguments) => arguments.Select(made => $$"""{"name":"{{tool}}","arguments":{{(made.Length == 0 ? "null" : made)}}}""");

    private static Gen<HttpCase> Batches(Gen<HttpCase> messages) =>
        messages.Array[0, 4].Select(all => Post("batch", Revisions[1], Encoding.UTF8.GetBytes($"[{string.Join(',', all.Select(one => Encoding.UTF8.GetString(one.Body)))}]")));

    private static Gen<HttpCase> Message(string method, string tool, string parameters) => Gen.Select(Revision, Ids, Metas, Gen.Int[0, 40]).SelectMany((revision, id, meta, flaw) =>
    {
        if (parameters.StartsWith('{'))
        {
            var members = string.Join(',', ((string[])[meta, .. revision == Newest ? [$"\"{Prefix}protocolVersion\":\"{Newest}\"", $"\"{Prefix}clientCapabilities\":{{\"elicitation\":{{}},\"extensions\":{{\"{Prefix}tasks\":{{}}}}}}"] : Array.Empty<string>()]).Where(one => one.Length > 0));
            parameters = members.Length == 0 ? parameters : $"{{\"_meta\":{{{members}}}{(parameters.TrimEnd() == "{}" ? "" : ",")}{parameters[1..]}";
        }

        var body = $$"""{"jsonrpc":"{{(flaw == 1 ? "1.0" : "2.0")}}",{{(id.Length == 0 || method.StartsWith("notifications/", StringComparison.Ordinal) ? "" : $"\"id\":{id},")}}"method":{{JsonSerializer.Serialize(method)}}{{(flaw == 2 ? "" : $",\"params\":{(parameters.Length == 0 ? "null" : parameters)}")}}{{(flaw == 3 ? ",\"method\":\"ping\"" : "")}}}""";
        var made = Post($"{method} {tool}", revision, Encoding.UTF8.GetBytes(body), revision == Newest && flaw != 4 ? [("Mcp-Method", flaw == 5 ? "tools/list" : method), .. NameOf(parameters) is { } name && flaw != 6 ? [("Mcp-Name", flaw == 7 ? "other" : name)] : Array.Empty<(string, string)>()] : []);
        return flaw switch
        {
            8 or 9 or 10 => Evil.Damage(made.Body).Select(damaged => made with { Kind = $"{made.Kind} damaged", Body = damaged }),
            11 => Gens.Of("GET", "PUT", "DELETE", "PATCH", "OPTIONS").Select(verb => made with { Method = verb }),
            12 => Gens.Of(("Accept", "text/html"), ("Accept", ""), ("Content-Type", "text/plain"), ("Mcp-Session-Id", "a"), ("Mcp-Session-Id", ""), ("Last-Event-ID", "1"), ("Mcp-Param-A", "b"), ("MCP-Protocol-Version", "2025-06-18")).Select(header => made with { Headers = [.. made.Headers, header] }),
            13 => Gens.Of(Enum.GetValues<Framing>()).Select(framing => made with { Framing = framing }),
            14 => Gens.Of("/", "/x", "?a=b", "?a=%00", "/%2e%2e/info").Select(end => made with { Target = made.Target + end }),
            _ => Gen.Const(made),
        };
    });

    private static HttpCase Post(string kind, string revision, byte[] body, (string, string)[]? headers = null) => new(
        $"MCP~{kind}", "POST", $"/agent/{HttpCase.User}/mcp",
        [
            ("Host", "localhost"), ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
            .. string.CompareOrdinal(revision, "2025-06-18") >= 0 || revision.Length == 0 ? [("MCP-Protocol-Version", revision)] : Array.Empty<(string, string)>(), .. headers ?? [],
        ],
        body);

    private static string? NameOf(string parameters)
    {
        try
        {
            using var read = JsonDocument.Parse(parameters);
            foreach (var name in (string[])["name", "uri", "taskId"])
            {
                if (read.RootElement.ValueKind == JsonValueKind.Object && read.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                    return value.GetString()!.ReplaceLineEndings("").Replace("\0", "", StringComparison.Ordinal) is { Length: < 1000 } text ? text : null;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // It is sent without a name then.
        }

        return null;
    }
}
