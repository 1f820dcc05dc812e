using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.Gateway.Tests.Mcp;

/// <summary>A client of one revision that sends what it is told, without an SDK.</summary>
internal sealed class RawMcp(HttpClient client, string revision = Revisions.Newest, string path = "/agent/alice/mcp")
{
    public const string MetaPrefix = "io.modelcontextprotocol/";

    public string Revision => revision;

    /// <summary>It says that it takes tasks.</summary>
    public bool TakesTasks { get; init; }

    /// <summary>The result of a request.</summary>
    public async Task<JsonElement> ResultAsync(string method, JsonObject? parameters = null)
    {
        var message = await SendAsync(method, parameters);
        Assert.True(message.TryGetProperty("result", out var result), message.GetRawText());
        return result;
    }

    /// <summary>The code of the error of a request, and what it says.</summary>
    public async Task<(int Code, string Message)> ErrorAsync(string method, JsonObject? parameters = null)
    {
        var message = await SendAsync(method, parameters);
        Assert.True(message.TryGetProperty("error", out var error), message.GetRawText());
        return (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!);
    }

    public Task<JsonElement> CallAsync(string tool, string arguments = "{}", JsonObject? meta = null) =>
        ResultAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = JsonNode.Parse(arguments), ["_meta"] = meta });

    public async Task<JsonElement> SendAsync(string method, JsonObject? parameters = null)
    {
        using var request = Request(method, parameters);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await MessageOf(response);
    }

    /// <summary>A request as a client of the revision makes it.</summary>
    public HttpRequestMessage Request(string method, JsonObject? parameters = null)
    {
        parameters = (JsonObject?)parameters?.DeepClone() ?? [];
        if (parameters["_meta"] is null)
            parameters.Remove("_meta");
        if (revision == Revisions.Newest)
        {
            var meta = parameters["_meta"] as JsonObject ?? [];
            meta[MetaPrefix + "protocolVersion"] = revision;
            meta[MetaPrefix + "clientCapabilities"] ??= TakesTasks ? new JsonObject { ["extensions"] = new JsonObject { [MetaPrefix + "tasks"] = new JsonObject() } } : new JsonObject();
            parameters["_meta"] = meta;
        }

        var body = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 7, ["method"] = method, ["params"] = parameters };
        var request = Raw(body.ToJsonString());
        if (revision != Revisions.Newest)
            return request;
        request.Headers.Add("Mcp-Method", method);
        if ((parameters["name"] ?? parameters["uri"] ?? parameters["taskId"]) is JsonValue name)
            request.Headers.TryAddWithoutValidation("Mcp-Name", name.GetValue<string>());
        return request;
    }

    /// <summary>A request with that body.</summary>
    public HttpRequestMessage Raw(string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (Revisions.IsStructured(revision))
            request.Headers.Add("MCP-Protocol-Version", revision);
        return request;
    }

    /// <summary>The last message of an event stream, or the one of a body of JSON.</summary>
    public static async Task<JsonElement> MessageOf(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            return JsonElement.Parse(text);
        return JsonElement.Parse(text.Split('\n').Last(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..]);
    }
}
