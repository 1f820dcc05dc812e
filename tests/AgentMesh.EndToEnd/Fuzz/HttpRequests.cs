using System.Text;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>Requests of every operation of the OpenAPI document: good ones, ones with one thing wrong, and rubbish.</summary>
internal static class HttpRequests
{
    /// <summary>What is wrong with a request.</summary>
    private enum Flaw
    {
        Nothing,
        Path,
        Query,
        Header,
        ContentType,
        Body,
        Damage,
        Framing,
        Method,
        Everything,
    }

    private static readonly Gen<Flaw> Flaws = Gens.Mix(
        (3, Gen.Const(Flaw.Nothing)), (4, Gen.Const(Flaw.Path)), (4, Gen.Const(Flaw.Query)), (3, Gen.Const(Flaw.Header)), (1, Gen.Const(Flaw.ContentType)),
        (12, Gen.Const(Flaw.Body)), (4, Gen.Const(Flaw.Damage)), (2, Gen.Const(Flaw.Framing)), (1, Gen.Const(Flaw.Method)), (2, Gen.Const(Flaw.Everything)));

    private static readonly Gen<string> Methods = Gens.Of(
        "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "PoSt", "FOO", "PROPFIND", "PRI", "M-SEARCH", "G\u00e4T", "", new string('A', 300));

    private static readonly Gen<Framing> Framings = Gens.Of(Enum.GetValues<Framing>());

    private static readonly Gen<string> ContentTypes = Gens.Of(
        "", "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "application/json; charset=utf-16", "application/json; charset=\"utf-8\"", "APPLICATION/JSON",
        "application/json,text/plain", "application/merge-patch+json", "application/json;", "application/json; a=b; a=c", "json", "*/*", "application/jsonx", "application/json\u00e9", new string('a', 9000));

    private static readonly Gen<(string Name, string Value)> Oddities = Gens.OneOf(
        Gens.Of(
            ("Accept", "text/event-stream"), ("Accept", "application/json"), ("Accept", "text/html;q=0.1, */*;q=x"), ("Accept", ""), ("Prefer", "respond-async"), ("Prefer", "respond-async, wait=99999999999"), ("Prefer", ",,="),
            ("Expect", "100-continue"), ("Expect", "200-ok"), ("Range", "bytes=0-1"), ("If-Match", "\"a\""), ("If-None-Match", "*"), ("If-Modified-Since", "never"), ("Content-Encoding", "gzip"), ("Content-Encoding", "identity"),
            ("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", ""), ("Origin", "http://localhost"), ("Sec-Fetch-Site", "cross-site"), ("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "for=_a"),
            ("Host", "evil.example"), ("Host", ""), ("Host", "localhost:99999"), ("Host", "[::1]"), ("Connection", "close"), ("Connection", "upgrade"), ("Upgrade", "websocket"), ("Upgrade", "h2c"), ("TE", "trailers"), ("Transfer-Encoding", "gzip, chunked"),
            ("Idempotency-Key", ""), ("Idempotency-Key", "\u00e9"), ("Idempotency-Key", "a b"), ("Idempotency-Key", "key"), ("traceparent", "00-0-0-0"), ("traceparent", "00-00000000000000000000000000000000-0000000000000000-00"), ("tracestate", "a=b,,c"), ("baggage", "a=b;c"),
            ("Authorization", "Bearer"), ("Authorization", "Basic YTpi"), ("Authorization", "Bearer amk_a_b_c"), ("Cookie", "a=b; a=c"), ("dapr-api-token", "a"), ("dapr-app-id", "agents"), ("X-HTTP-Method-Override", "DELETE"), ("Last-Event-ID", "-1"), ("Last-Event-ID", "9223372036854775808"),
            ("X-A\r\nX-B", "c"), ("X A", "b"), ("", "a"), ("X-Nul", "a\0b"), ("X-Tab", "\ta"), ("X-\u00e9", "a"), ("Content-Type", "application/json")),
        Gen.Select(Gens.Of("Idempotency-Key", "Last-Event-ID", "Accept", "Prefer", "Origin", "Host", "X-A", "Accept-Language"), Evil.Segment, (name, value) => (name, value)),
        Gen.Int[120, 129].Select(length => ("Idempotency-Key", new string('k', length))),
        Gen.Int[0, 20].SelectMany(n => n == 0 ? Gen.Int[30_000, 34_000] : Gen.Int[0, 3000]).Select(length => ("X-Long", new string('a', length))));

    /// <summary>Requests of the document.</summary>
    /// <param name="api">The document.</param>
    /// <param name="wanted">Which of its paths.</param>
    public static Gen<HttpCase> Of(OpenApi api, Func<string, bool> wanted)
    {
        // MCP has a grammar of its own.
        var operations = api.Operations.Where(operation => wanted(operation.Path) && !operation.Path.EndsWith("/mcp", StringComparison.Ordinal)).Select(operation => Of(api.Schemas, operation)).ToArray();
        Assert.NotEmpty(operations);
        return Gens.Mix((40, Gens.OneOf(operations)), (1, Rubbish));
    }

    /// <summary>Nothing that any document has.</summary>
    private static Gen<HttpCase> Rubbish { get; } = Gens.OneOf(
        Gen.Select(Methods, Evil.Segment, Evil.Segment, Gens.OneOf(Evil.Bytes, Evil.Json.Select(Encoding.UTF8.GetBytes)), (method, one, other, body) =>
            new HttpCase("rubbish path", method, $"/{one}/{other}", [Local, Json], body)),
        Gen.Select(Methods, Evil.Segment, (method, one) => new HttpCase("rubbish below an agent", method, $"/agent/{HttpCase.User}/{one}", [Local, Json], "{}"u8.ToArray())),
        Gen.Select(Evil.Segment, Evil.Bytes, (one, body) => new HttpCase("rubbish of another user", "POST", $"/agent/{one}/message", [Local, Json], body)),
        Gens.Of("/dapr/subscribe", "/dapr/config", "/dapr/announcements", "/actors/AgentActor/default:a/method/Begin", "/metrics", "/livez", "/readyz", "/healthz", "*", "http://localhost/agent", "//", "/agent", "/agent/", "/%2e%2e/", "/t/default/agent/a/info", "/t/a/b/c", "/t//agent/a/info")
            .Select(path => new HttpCase("rubbish of ours", "GET", path, [Local], [])),
        Evil.Bytes.Select(bytes => new HttpCase("rubbish bytes", Encoding.Latin1.GetString(bytes), "/", [Local], [], Framing.None)));

    private static (string Name, string Value) Local => ("Host", "localhost");

    private static (string Name, string Value) Json => ("Content-Type", "application/json");

    private static Gen<HttpCase> Of(SchemaText schemas, OpenApi.Operation operation)
    {
        Gen<string>[] segments = [.. operation.Path.Split('/').Select(segment => segment.StartsWith('{') ? Segment(schemas, operation, segment.Trim('{', '}', '*')) : Gen.Const(segment))];
        var good = Gens.All(segments).Select(made => string.Join('/', made));
        var wrongPath = Gen.Int[1, Math.Max(1, segments.Length - 1)].SelectMany(at => Gens.All([.. segments.Select((segment, n) => n == at ? Evil.Segment : segment)])).Select(made => string.Join('/', made));
        var (query, wrongQuery) = (Query(schemas, operation, isWrong: false), Query(schemas, operation, isWrong: true));
        var headers = Gens.All([.. operation.Parameters.Where(parameter => parameter.In == "header").Select(parameter => Gens.Mix(
            (1, schemas.Valid(parameter.Schema, parameter.Name).Select(text => (parameter.Name, text.Trim('"')))), (parameter.IsRequired ? 0 : 3, Gen.Const(("", "")))))]);
        var oddities = Gens.Mix((20, Oddities.Array[1, 3]), (1, Gen.Int[90, 120].Select(count => Enumerable.Range(0, count).Select(n => ($"X-{n}", "a")).ToArray())));
        var body = operation.Body is { } schema ? schemas.Valid(schema).Select(Encoding.UTF8.GetBytes) : Gen.Const(Array.Empty<byte>());
        var wrongBody = operation.Body is { } same ? schemas.Wrong(same).Select(Encoding.UTF8.GetBytes) : Evil.Json.Select(Encoding.UTF8.GetBytes);
        var damaged = Gens.Mix((4, body.SelectMany(Evil.Damage)), (1, Evil.Bytes));
        return Flaws.SelectMany(flaw => Gen.Select(
            flaw is Flaw.Path or Flaw.Everything ? wrongPath : good,
            flaw is Flaw.Query or Flaw.Everything ? wrongQuery : query,
            flaw is Flaw.Header or Flaw.Everything ? oddities : headers,
            flaw is Flaw.ContentType ? ContentTypes : Gen.Const(operation.Body is null && flaw is not Flaw.Body ? "" : "application/json"),
            flaw switch { Flaw.Body => wrongBody, Flaw.Damage or Flaw.Everything => damaged, _ => body },
            flaw is Flaw.Framing ? Framings : flaw is Flaw.Nothing ? Gens.Of(Framing.Length, Framing.Chunked) : Gen.Const(Framing.Length),
            flaw is Flaw.Method ? Methods : Gen.Const(operation.Method),
            (path, question, extra, type, content, framing, method) => new HttpCase(
                $"{operation.Method} {operation.Path}~{flaw}", method, path + question,
                [
                    .. extra.Any(header => header.Item1 == "Host") ? Array.Empty<(string, string)>() : [Local],
                    .. type.Length > 0 ? [("Content-Type", type)] : Array.Empty<(string, string)>(),
                    .. extra.Where(header => header != ("", "") || flaw != Flaw.Nothing),
                ],
                content, framing)
            { ReadsBody = operation.Body is not null }));
    }

    private static Gen<string> Segment(SchemaText schemas, OpenApi.Operation operation, string name) => name switch
    {
        "userId" => Gen.Const(HttpCase.User),
        // What admins do to their tenant, the others of this run must not feel.
        "tenant" => Gens.Of("fuzzed", "fuzzed-too"),
        "sessionId" => Gens.Of("default", "abcdefghijklmnopqrstuvwxyz"),
        "turnId" or "n" => Gens.Of("1", "2", "0"),
        "name" => Gens.Of("analysis", "premium_analysis", "nothing"),
        "topic" => Gens.Of("news", "fuzz.topic"),
        "approvalId" or "paymentId" or "scheduleId" or "messageId" => Gens.Of("abcdefghijklmnopqrstuvwxyz", "1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        "id" => Gens.Of("abcdefghijklm", "amk_abcdefghijklm"),
        _ => operation.Parameters.FirstOrDefault(parameter => parameter.In == "path" && parameter.Name == name) is { } known
            ? schemas.Valid(known.Schema, name).Select(text => text.Trim('"'))
            : Gens.Of("1", "abcdefghijklmnopqrstuvwxyz"),
    };

    private static Gen<string> Query(SchemaText schemas, OpenApi.Operation operation, bool isWrong)
    {
        var known = operation.Parameters.Where(parameter => parameter.In == "query").ToArray();
        Gen<string>[] parts = [.. known.Select(parameter => Gens.OneOf(Part(parameter), Gen.Const("")))];
        if (!isWrong)
            return Gens.All(parts).Select(Joined);
        return Gens.OneOf(
            Gen.Select(Gens.All(parts), Evil.Segment, Evil.Segment, (made, name, value) => Joined([.. made, $"{name}={value}"])),
            known.Length == 0 ? Gens.Of("?", "?&&=", "?a", "?limit=-1", "?access_token=a", "?ticket=a", "?tenant=other") : Gens.Of(known).SelectMany(parameter => Gens.OneOf(
                Evil.Segment.Select(value => $"?{parameter.Name}={value}"),
                Gen.Select(Part(parameter), Part(parameter), (one, other) => $"?{one}&{other}"),
                Gen.Const($"?{parameter.Name}"),
                schemas.Wrong(parameter.Schema).Select(text => $"?{parameter.Name}={Escaped(text)}"))));

        Gen<string> Part(OpenApi.Parameter parameter) => schemas.Valid(parameter.Schema, parameter.Name).Select(text => $"{parameter.Name}={Escaped(text)}");
    }

    private static string Joined(string[] parts) => parts.Any(part => part.Length > 0) ? $"?{string.Join('&', parts.Where(part => part.Length > 0))}" : "";

    private static string Escaped(string text) => Uri.EscapeDataString(text.Trim('"') is { Length: < 3000 } shorter ? shorter : text[..3000]);
}
