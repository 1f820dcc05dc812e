using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Gateway.Identity;
using AgentMesh.Gateway.Identity.Tickets;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace AgentMesh.Gateway.Tests.OpenApi;

/// <summary>Writes the OpenAPI document of the gateway's endpoints: what their routes, their metadata and the descriptions beside them say.</summary>
internal sealed class DocumentWriter
{
    /// <summary>For machines of ours alone, probes, Prometheus and the sidecar; and the page, which is for people.</summary>
    public static readonly IReadOnlySet<string> Left = new HashSet<string>
    {
        "GET /",
        "GET /console/{file}",
        "HEAD /",
        "HEAD /console/{file}",
        "GET /dapr/subscribe",
        "POST /dapr/announcements",
        "GET /healthz",
        "GET /livez",
        "GET /metrics",
        "GET /readyz",
        "HEAD /healthz",
        "HEAD /livez",
        "HEAD /readyz",
    };

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What stands in paths. A test holds them against what reads them.</summary>
    public static readonly IReadOnlyDictionary<string, (string Summary, Func<JsonObject> Schema)> PathParameters = new Dictionary<string, (string, Func<JsonObject>)>
    {
        ["userId"] = ("Whose agent.", Schema.Name),
        ["tenant"] = ("The tenant.", Schema.Name),
        ["topic"] = ("The topic's name.", Schema.Name),
        ["sessionId"] = ("The session.", Schema.Id),
        ["turnId"] = ("The turn.", Schema.Id),
        ["scheduleId"] = ("The schedule.", Schema.Id),
        ["approvalId"] = ("The approval.", Schema.Id),
        ["paymentId"] = ("The payment.", () => Schema.Text(pattern: "^[a-f0-9]{64}$")),
        ["messageId"] = ("The message's id.", () => Schema.Text(pattern: "^[1-9][0-9]{0,14}-[a-z2-7]{26}$")),
        ["n"] = ("The message's number in the inbox.", () => Schema.Number(1)),
        ["name"] = ("The tool: analysis is the tool premium_analysis.", () => Schema.Text(1)),
        ["id"] = ("The key's id.", () => Schema.Text(pattern: "^[a-z2-7]{13}$")),
    };

    private readonly RecordSchemas _records = new();
    private readonly SortedDictionary<string, JsonNode?> _refusals = new(StringComparer.Ordinal);

    /// <summary>The verbs and paths of a route, as in a row of the tables.</summary>
    public static IEnumerable<(string Method, string Path)> RoutesOf(RouteEndpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"]).Select(method => (method, "/" + endpoint.RoutePattern.RawText!.Trim('/')));

    public static string Write(IEnumerable<RouteEndpoint> endpoints) => new DocumentWriter().WriteAll(endpoints);

    private string WriteAll(IEnumerable<RouteEndpoint> endpoints)
    {
        var paths = new JsonObject();
        var operations =
            from endpoint in endpoints
            from route in RoutesOf(endpoint)
            where !Left.Contains($"{route.Method} {route.Path}")
            let operation = OperationOf(endpoint, route)
            orderby operation.Path ?? route.Path, route.Method
            select (Path: operation.Path ?? route.Path, route.Method, Json: ToJson(endpoint, operation, operation.Path ?? route.Path, route.Method));
        foreach (var (path, method, json) in operations.ToList())
        {
            var item = paths[path] as JsonObject ?? NewPath(path);
            item[method.ToLowerInvariant()] = json;
            paths[path] = item;
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = Info(),
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = Components(),
        };
        return document.ToJsonString(Readable) + "\n";
    }

    private static Operation OperationOf(RouteEndpoint endpoint, (string Method, string Path) route)
    {
        var description = endpoint.Metadata.GetMetadata<Description>()
            ?? throw new InvalidOperationException($"{route.Method} {route.Path} says nothing for the OpenAPI document: .Describe(…) where it is mapped.");
        var operation = new Operation();
        description.More(operation);
        return operation;
    }

    private static JsonObject NewPath(string path)
    {
        var item = new JsonObject();
        if (path.StartsWith("/agent/{", StringComparison.Ordinal))
        {
            item["servers"] = new JsonArray(
                new JsonObject { ["url"] = "/", ["description"] = "Agents of the tenant that the token names." },
                new JsonObject
                {
                    ["url"] = "/t/{tenant}",
                    ["description"] = "Agents of a tenant that the path names.",
                    ["variables"] = new JsonObject { ["tenant"] = new JsonObject { ["default"] = "default" } },
                });
        }

        return item;
    }

    private JsonObject ToJson(RouteEndpoint endpoint, Operation operation, string path, string method)
    {
        var json = new JsonObject
        {
            ["tags"] = new JsonArray(TagOf(path)),
            ["summary"] = endpoint.Metadata.GetMetadata<Description>()!.Summary,
            ["operationId"] = IdOf(method, path),
            ["security"] = SecurityOf(endpoint, path),
        };
        var parameters = ParametersOf(operation, path);
        if (parameters.Count > 0)
            json["parameters"] = parameters;
        if (operation.Request is { } body)
        {
            json["requestBody"] = new JsonObject
            {
                ["required"] = !body.IsOptional,
                ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = _records.OfRequest(body) } },
            };
        }

        if (operation.RequestMediaType is { } type)
            json["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { [type] = new JsonObject() } };
        json["responses"] = ResponsesOf(endpoint, operation, path);
        return json;
    }

    private static JsonArray ParametersOf(Operation operation, string path)
    {
        var parameters = new JsonArray();
        foreach (var part in path.Split('/').Where(part => part.StartsWith('{')))
        {
            var name = part.Trim('{', '}');
            var (summary, schema) = PathParameters[name];
            parameters.Add((JsonNode)new JsonObject { ["name"] = name, ["in"] = "path", ["description"] = summary, ["required"] = true, ["schema"] = schema() });
        }

        foreach (var parameter in operation.Parameters)
        {
            parameters.Add((JsonNode)new JsonObject
            {
                ["name"] = parameter.Name,
                ["in"] = parameter.Place,
                ["description"] = parameter.Summary,
                ["required"] = parameter.IsRequired,
                ["schema"] = parameter.Schema,
            });
        }

        return parameters;
    }

    private JsonObject ResponsesOf(RouteEndpoint endpoint, Operation operation, string path)
    {
        var responses = new SortedDictionary<int, JsonObject>();
        foreach (var answer in operation.Succeeds)
        {
            if (!responses.TryGetValue(answer.Status, out var response))
                responses[answer.Status] = response = new JsonObject { ["description"] = SentenceOf(answer.Status) };
            if (answer.MediaType is not { } type)
                continue;
            var content = response["content"] as JsonObject ?? [];
            content[type] = new JsonObject { ["schema"] = answer.Body is { } body ? _records.OfAnswer(body) : answer.Schema ?? [] };
            response["content"] = content;
        }

        foreach (var refusals in Refusals.Of(endpoint, operation, path).GroupBy(code => ProblemTypes.Of(code).Status))
        {
            var refusal = Refuse(refusals.Key, [.. refusals.Distinct().Order(StringComparer.Ordinal)]);
            // A status that is an answer too has both.
            if (responses.TryGetValue(refusals.Key, out var answer))
                answer["content"]![Problem.ContentType] = _refusals[refusal]!["content"]![Problem.ContentType]!.DeepClone();
            else
                responses[refusals.Key] = new JsonObject { ["$ref"] = $"#/components/responses/{refusal}" };
        }

        return new JsonObject(responses.Select(response => KeyValuePair.Create<string, JsonNode?>(response.Key.ToString(CultureInfo.InvariantCulture), response.Value)));
    }

    /// <summary>The name of the response that is a refusal with one of some codes.</summary>
    private string Refuse(int status, IReadOnlyList<string> codes)
    {
        var name = $"{status}.{string.Join('.', codes)}";
        _refusals[name] = new JsonObject
        {
            ["description"] = string.Join(" ", codes.Select(code => $"`{code}`: {ProblemTypes.Of(code).Title}")),
            ["content"] = new JsonObject
            {
                [Problem.ContentType] = new JsonObject
                {
                    ["schema"] = new JsonObject
                    {
                        ["allOf"] = new JsonArray(
                            new JsonObject { ["$ref"] = "#/components/schemas/Problem" },
                            new JsonObject
                            {
                                ["properties"] = new JsonObject
                                {
                                    ["type"] = new JsonObject { ["enum"] = new JsonArray([.. codes.Select(code => (JsonNode)(ProblemTypes.UriPrefix + code))]) },
                                    ["status"] = new JsonObject { ["const"] = status },
                                },
                            }),
                    },
                },
            },
        };
        return name;
    }

    private static JsonArray SecurityOf(RouteEndpoint endpoint, string path)
    {
        var isAdmins = endpoint.Metadata.GetMetadata<AdminOnly>() is not null;
        var scope = isAdmins ? "agentmesh.admin" : "agentmesh";
        var ways = new JsonArray();
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            ways.Add((JsonNode)new JsonObject());
        if (ways.Count == 0 || path.StartsWith("/agent/{", StringComparison.Ordinal))
        {
            ways.Add((JsonNode)new JsonObject { ["jwt"] = new JsonArray(scope) });
            ways.Add((JsonNode)new JsonObject { ["apiKey"] = new JsonArray(isAdmins ? "admin" : "user") });
        }

        if (endpoint.Metadata.GetMetadata<TakesTickets>() is not null)
            ways.Add((JsonNode)new JsonObject { ["ticket"] = new JsonArray() });
        return ways;
    }

    private static string TagOf(string path) => path.StartsWith("/agent", StringComparison.Ordinal) ? path.Split('/') is [_, _, _, { } part, ..] ? part : "agent"
        : path.StartsWith("/admin", StringComparison.Ordinal) ? "admin" : "documents";

    private static string IdOf(string method, string path) =>
        method.ToLowerInvariant() + string.Concat(path.Split('/', '-', '.').Select(part => part.Trim('{', '}')).Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static string SentenceOf(int status) => status switch
    {
        101 => "The WebSocket is open.",
        201 => "It is made.",
        202 => "It is stored, and goes on.",
        204 => "It is done.",
        304 => "What If-None-Match names is still right.",
        402 => "What it costs, and why a payment was not taken.",
        _ => "The answer.",
    };

    private static JsonObject Info() => new()
    {
        ["title"] = "AgentMesh gateway",
        ["version"] = "1",
        ["description"] = "Durable agents, one for each user. Refusals are problem documents (RFC 9457), listed in docs/refusals.md; those of the HTTP server itself may be bare. "
            + "With AgentMesh__Auth__Mode=Development whoever is on the machine needs no token. A text with x-max-utf8-bytes has at most so many bytes of UTF-8. "
            + "Members of requests that are not known are ignored, numbers in queries are digits alone, and no parameter may be there twice.",
        ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
    };

    private JsonObject Components() => new()
    {
        ["schemas"] = new JsonObject(_records.All.Append(KeyValuePair.Create<string, JsonNode?>("Problem", Refusals.ProblemSchema())).OrderBy(one => one.Key, StringComparer.Ordinal)),
        ["responses"] = new JsonObject(_refusals),
        ["securitySchemes"] = new JsonObject
        {
            ["apiKey"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "amk_{id}_{secret}_{tenant}", ["description"] = "AgentMesh__Auth__Mode=ApiKey." },
            ["jwt"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT", ["description"] = "AgentMesh__Auth__Mode=Jwt." },
            ["ticket"] = new JsonObject { ["type"] = "apiKey", ["in"] = "query", ["name"] = "ticket", ["description"] = "For browsers, which send no header: of POST /agent/{userId}/ticket, once." },
        },
    };
}
