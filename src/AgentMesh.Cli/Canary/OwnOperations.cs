using System.Net;
using System.Text.Json;

namespace AgentMesh.Cli.Canary;

/// <summary>What owners do with their agents, all of it with markers. Keys, names and ids are the same for all agents wherever they choose them, so that who mixes them up shows it.</summary>
internal sealed class OwnOperations(MarkerBook markers, IReadOnlyList<CanaryAgent> agents)
{
    private const string Json = "application/json";

    /// <summary>One of them.</summary>
    /// <param name="me">The owner.</param>
    /// <param name="random">Chooses.</param>
    public CanaryRequest Next(CanaryAgent me, Random random) => random.Next(24) switch
    {
        < 5 => Message(me, random),
        5 => KeyedMessage(me, random),
        6 => Get("history", me, "/history?limit=20"),
        7 => Get("search", me, "/history/search?q=cnry"),
        8 => Get("info", me, "/info"),
        9 => Get("events", me, "/events?after=0&wait=0", ("Accept", Json)),
        10 => new CanaryRequest("profile", me, HttpMethod.Put, me.Path + "/profile", Write(("systemPrompt", markers.New(me)))),
        11 => Get("profile", me, "/profile"),
        12 => new CanaryRequest("session", me, HttpMethod.Post, me.Path + "/sessions", $$$"""{"metadata":{"about":"{{{markers.New(me)}}}"}}""") { Took = Noting(me, "sessionId") },
        13 => Get("sessions", me, "/sessions"),
        14 => Schedule(me),
        15 => Get("schedules", me, "/schedules"),
        16 => Mail(me, random),
        17 => Get("inbox", me, "/inbox"),
        18 => Get("outbox", me, "/outbox"),
        19 => Get("export", me, "/export"),
        20 => Mcp("mcp send", me, me.Path, "tools/call", $$$"""{"name":"send_message","arguments":{"content":"{{{markers.New(me)}}}"}}"""),
        21 => Mcp("mcp history", me, me.Path, "tools/call", """{"name":"get_history","arguments":{}}"""),
        22 => Mcp("mcp resource", me, me.Path, "resources/read", $$$"""{"uri":"agent://{{{me.User}}}/history"}"""),
        _ => Get("turn", me, $"/turns/{me.Ids.GetValueOrDefault("turnId", "1")}"),
    };

    /// <summary>A request of MCP to an agent's endpoint.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="me">Who asks.</param>
    /// <param name="path">The agent's path, whose endpoint it is.</param>
    /// <param name="method">Of JSON-RPC.</param>
    /// <param name="parameters">Of JSON-RPC.</param>
    public static CanaryRequest Mcp(string kind, CanaryAgent me, string path, string method, string parameters) => new(
        kind, me, HttpMethod.Post, path + "/mcp", $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{{{parameters}}}}""")
    {
        Headers = [("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", "2025-11-25")],
    };

    /// <summary>A JSON object of texts.</summary>
    public static string Write(params (string Name, string Value)[] members) =>
        "{" + string.Join(',', members.Select(member => $"{JsonSerializer.Serialize(member.Name, CliJson.Wire.String)}:{JsonSerializer.Serialize(member.Value, CliJson.Wire.String)}")) + "}";

    private CanaryRequest Message(CanaryAgent me, Random random)
    {
        var marker = markers.New(me);
        var session = random.Next(3) == 0 ? me.Ids.GetValueOrDefault("sessionId", "default") : "default";
        return new CanaryRequest("message", me, HttpMethod.Post, me.Path + "/message", Write(("content", $"{marker} hello"), ("sessionId", session)))
        {
            Took = (status, text) =>
            {
                Noting(me, "turnId")(status, text);
                if (status == HttpStatusCode.OK)
                    me.Acknowledged.Add(marker);
            },
        };
    }

    // The text decides whether it is a repeat, so that it is one for its own agent and none for any other.
    private CanaryRequest KeyedMessage(CanaryAgent me, Random random)
    {
        var key = $"key-{random.Next(4)}";
        var content = me.Ids.GetOrAdd("content of " + key, _ => markers.New(me));
        return new CanaryRequest("repeat", me, HttpMethod.Post, me.Path + "/message", Write(("content", content))) { Headers = [("Idempotency-Key", key)] };
    }

    private CanaryRequest Schedule(CanaryAgent me)
    {
        var schedule = Write(("content", markers.New(me)), ("cron", "0 9 1 1 *"));
        return new CanaryRequest("schedule", me, HttpMethod.Post, me.Path + "/schedules", schedule) { Took = Noting(me, "scheduleId") };
    }

    private CanaryRequest Mail(CanaryAgent me, Random random)
    {
        var neighbors = agents.Where(agent => agent.Tenant == me.Tenant && agent != me).ToList();
        var to = neighbors[random.Next(neighbors.Count)];
        return new CanaryRequest("mail", me, HttpMethod.Post, me.Path + "/send", Write(("to", me.Token is null ? to.Name : to.User), ("content", markers.New(me, to)))) { Took = Noting(me, "messageId") };
    }

    private static CanaryRequest Get(string kind, CanaryAgent me, string path, params (string, string)[] headers) => new(kind, me, HttpMethod.Get, me.Path + path) { Headers = headers };

    private static Action<HttpStatusCode, string> Noting(CanaryAgent me, string member) => (status, text) =>
    {
        if ((int)status is < 200 or > 299)
            return;
        using var json = JsonDocument.Parse(text);
        if (json.RootElement.TryGetProperty(member, out var id) && id.ValueKind == JsonValueKind.String)
            me.Ids[member] = id.GetString()!;
    };
}
