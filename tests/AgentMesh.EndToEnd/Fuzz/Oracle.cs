using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>What is wrong with an answer, whatever it answers.</summary>
internal static partial class Oracle
{
    private const string ProblemType = "application/problem+json";
    private const string ProblemPrefix = "urn:agentmesh:problem:";
    private const int FirstRefusal = 400;
    private const int FirstFault = 500;

    /// <summary>Answers of 500 and above that are no faults, by their code, and why.</summary>
    private static readonly Dictionary<string, string> Expected = new(StringComparer.Ordinal)
    {
        ["bare 505"] = "HTTP's own answer to a version that is not spoken",
        ["tenant_unknown"] = "the agents app has not heard of the tenant for 3 s, as on a busy machine; nothing was spent, and Retry-After says when",
        ["url_unreachable"] = "what the caller wants bought is at an address that nobody listens at; 502 is HTTP's word for it",
    };

    /// <summary>Refusals of requests that were taken before: by their names, and why something of them stays.</summary>
    private static readonly Dictionary<string, string> Kept = new(StringComparer.Ordinal)
    {
        ["url_unreachable"] = "a purchase is written down before anybody looks up its host: what is asked for again with its key is the same one",
        ["invalid_tool_call"] = "the payment was good, and stands in the books as used, so that its bytes buy nothing else; nothing was charged",
    };

    // A refusal of the HTTP server itself, which has no body and ends the connection: docs/refusals.md. 405 is for the target * of a method that is not OPTIONS.
    private static readonly int[] Bare = [400, 405, 408, 411, 413, 414, 417, 431, 505];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static readonly HashSet<string> Codes = [.. FirstColumn().Matches(File.ReadAllText(Path.Combine(Mesh.Root, "docs/refusals.md"))).SelectMany(row => Code().Matches(row.Value)).Select(code => code.Groups[1].Value)];

    /// <summary>What a refusal is called; the status where it has no code.</summary>
    public static string NameOf(Answer answer)
    {
        if (answer.Status < FirstRefusal)
            return $"{answer.Status}";
        var code = TypeOf().Match(answer.Text) is { Success: true } type ? type.Groups[1].Value
            : answer.Body.Length == 0 ? "bare"
            : answer.Text.Contains("\"jsonrpc\"", StringComparison.Ordinal) ? $"JSON-RPC {RpcCode().Match(answer.Text).Groups[1].Value}"
            : answer.Text.Contains("x402Version", StringComparison.Ordinal) ? $"x402 {X402Error().Match(answer.Text).Groups[1].Value}" : "?";
        return $"{answer.Status} {code}";
    }

    /// <summary>Something of the request stays although it is refused.</summary>
    public static bool IsKept(Answer answer) => Kept.Keys.Any(code => answer.Text.Contains(code, StringComparison.Ordinal));

    /// <summary>What is wrong; null: nothing.</summary>
    public static string? WhyWrong(HttpCase sent, Answer answer) => answer.Status switch
    {
        Answer.Hung => "hang: no answer in time",
        Answer.Closed => sent.MayBeCut ? null : "the connection was ended without an answer",
        < 100 or > 599 => $"no status of HTTP: {answer.Status}",
        < FirstRefusal => answer.IsWhole || sent.MayBeCut || answer.ContentType.StartsWith("text/event-stream", StringComparison.Ordinal) ? null : "the answer was cut off",
        _ => WhyWrongRefusal(sent, answer),
    };

    /// <summary>What is wrong with a text that a refusal shows.</summary>
    public static string? WhyLeaks(string text) => Inside().Match(text) is { Success: true } leak ? $"the refusal tells of the inside: {leak.Value}" : null;

    /// <summary>True for a code that is documented.</summary>
    public static bool IsCode(string? code) => code is not null && Codes.Contains(code);

    private static string? WhyWrongRefusal(HttpCase sent, Answer answer)
    {
        if (answer.Body.Length == 0)
        {
            if (sent.Method == "HEAD")
                return answer.Status >= FirstFault ? $"{answer.Status}" : null;
            if (!Bare.Contains(answer.Status))
                return $"a bare {answer.Status}";
            return answer.Status < FirstFault || Expected.ContainsKey($"bare {answer.Status}") ? null : $"a bare {answer.Status}";
        }

        if (!answer.IsWhole)
            return sent.MayBeCut ? null : "the refusal was cut off";
        if (WhyLeaks(answer.Text) is { } leak)
            return leak;
        JsonElement body;
        try
        {
            // MCP may answer with a stream of one message.
            using var document = JsonDocument.Parse(sent.IsMcp && answer.ContentType == "text/event-stream" ? answer.Text[answer.Text.IndexOf('{', StringComparison.Ordinal)..].TrimEnd() : answer.Text, Strict);
            body = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return "the refusal is no JSON";
        }

        if (answer.ContentType.Split(';')[0] is "application/json" or "text/event-stream")
            return WhyWrongProtocol(sent, answer, body);
        return answer.ContentType == ProblemType ? WhyWrongProblem(answer, body) : $"a refusal of type {answer.ContentType}";
    }

    private static string? WhyWrongProblem(Answer answer, JsonElement body)
    {
        var type = body.TryGetProperty("type", out var named) ? named.GetString() ?? "" : "";
        var code = type.StartsWith(ProblemPrefix, StringComparison.Ordinal) ? type[ProblemPrefix.Length..] : null;
        if (!IsCode(code))
            return $"no code of docs/refusals.md: {type}";
        if (!body.TryGetProperty("status", out var status) || status.GetInt32() != answer.Status)
            return $"the problem says another status than {answer.Status}";
        if (((string[])["title", "detail", "traceId"]).FirstOrDefault(member => !body.TryGetProperty(member, out var text) || text.ValueKind != JsonValueKind.String || text.GetString()!.Length == 0) is { } missing)
            return $"the problem has no {missing}";
        return answer.Status >= FirstFault && !Expected.ContainsKey(code!) ? $"{answer.Status} {code}" : null;
    }

    // MCP has errors of JSON-RPC, and x402 its terms.
    private static string? WhyWrongProtocol(HttpCase sent, Answer answer, JsonElement body)
    {
        if (answer.Status >= FirstFault)
            return $"{answer.Status} {NameOf(answer)}";
        if (sent.IsMcp && body.TryGetProperty("jsonrpc", out var version) && version.GetString() == "2.0" && body.TryGetProperty("error", out var error))
            return error.TryGetProperty("code", out var code) && code.TryGetInt32(out _) && error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? null : "an error of JSON-RPC without code or message";
        return answer.Status == 402 && body.TryGetProperty("x402Version", out _) && body.TryGetProperty("error", out _) && answer.Headers["payment-required"].Count() == 1 ? null : $"a refusal that is no problem: {answer.Status}";
    }

    /// <summary>Results and errors of an answer of MCP: true when one of them is a refusal.</summary>
    public static bool IsMcpRefusal(Answer answer) => answer.Status >= FirstRefusal || McpError().IsMatch(answer.Text);

    [GeneratedRegex("^\\|[^|]*\\|", RegexOptions.Multiline)]
    private static partial Regex FirstColumn();

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("\"type\":\"urn:agentmesh:problem:([^\"]*)\"")]
    private static partial Regex TypeOf();

    [GeneratedRegex("\"code\":(-?\\d+)")]
    private static partial Regex RpcCode();

    [GeneratedRegex("\"error\":\"([^\"]*)\"")]
    private static partial Regex X402Error();

    [GeneratedRegex("\"isError\":true|\"error\":\\{")]
    private static partial Regex McpError();

    // Stack traces, types and files.
    [GeneratedRegex(@"\bat [A-Z]\w*\.\w+|\b(System|Microsoft|ModelContextProtocol|Dapr|FluentValidation|Grpc)\.[A-Z]\w*|[A-Z]\w+Exception\b|\bAgentMesh\.[A-Z]\w+\.[A-Z]|\.cs:line|\.dll\b|/(work|root|home|usr|tmp|var)/|127\.0\.0\.1:\d{4,}/(v1\.0|actors)")]
    private static partial Regex Inside();
}
