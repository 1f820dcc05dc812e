namespace AgentMesh.Cli.Canary;

/// <summary>Ways to somebody else's agent that must lead nowhere. Each carries a marker that nobody may ever see, where it carries a text.</summary>
internal sealed class Tricks(MarkerBook markers)
{
    private static readonly string[] Reads = ["/history", "/info", "/export", "/inbox", "/outbox", "/sessions", "/schedules", "/profile", "/budget", "/payments", "/approvals", "/topics", "/events?after=0&wait=0", "/history/search?q=cnry"];

    private static readonly string[] Headers =
        ["X-User", "X-User-Id", "X-Tenant", "X-Tenant-Id", "X-Agent", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-HTTP-Method-Override", "dapr-app-id", "dapr-caller-app-id", "X-Forwarded-User"];

    /// <summary>One of them.</summary>
    /// <param name="me">Who tries.</param>
    /// <param name="victim">Whose agent they want: of another tenant, or of another user.</param>
    /// <param name="random">Chooses.</param>
    public CanaryRequest Next(CanaryAgent me, CanaryAgent victim, Random random) => random.Next(16) switch
    {
        0 or 1 => Refused("swapped token", me, HttpMethod.Get, Foreign(me, victim) + Pick(random, Reads)),
        2 => Refused("tenant's path", me, HttpMethod.Get, $"/t/{victim.Tenant}/agent/{victim.User}{Pick(random, Reads)}"),
        3 or 4 => Refused("path trick", me, HttpMethod.Get, PathTo(me, victim, random)),
        5 => Refused("foreign write", me, HttpMethod.Post, Foreign(me, victim) + "/message", OwnOperations.Write(("content", markers.New()))),
        6 => Refused("foreign write", me, HttpMethod.Put, Foreign(me, victim) + "/profile", OwnOperations.Write(("systemPrompt", markers.New()))),
        7 => Refused("foreign delete", me, HttpMethod.Delete, Foreign(me, victim)),
        8 => GuessedId(me, victim, random),
        9 => BodyThatNames(me, victim),
        10 => HeaderThatNames(me, victim, random),
        11 => Refused("sidecar's door", me, random.Next(2) == 0 ? HttpMethod.Put : HttpMethod.Post, Door(victim, random), "{}"),
        12 => Refused("admin's door", me, HttpMethod.Get, Pick(random, "/admin/keys", $"/admin/keys?tenant={victim.Tenant}", $"/admin/tenants/{victim.Tenant}", "/admin/agents")),
        13 => OwnOperations.Mcp("foreign mcp", me, me.Path, "resources/read", $$$"""{"uri":"agent://{{{victim.User}}}/{{{Pick(random, "history", "info")}}}"}"""),
        14 => OwnOperations.Mcp("foreign mcp", me, Foreign(me, victim), "tools/call", $$$"""{"name":"{{{Pick(random, "get_history", "get_info", "send_message")}}}","arguments":{"content":"{{{markers.New()}}}"}}"""),
        _ => Token(me, victim, random),
    };

    /// <summary>A path to connect a socket to that is another's.</summary>
    public static string SocketOf(CanaryAgent me, CanaryAgent victim, Random random) => random.Next(2) == 0 ? $"/t/{victim.Tenant}/agent/{victim.User}" : Foreign(me, victim);

    /// <summary>A frame for one's own socket that names another: it is of nobody but me, whatever it says.</summary>
    public string Frame(CanaryAgent me, CanaryAgent victim) =>
        OwnOperations.Write(("type", "message"), ("content", markers.New(me)), ("agent", victim.Name), ("userId", victim.User));

    private static CanaryRequest Refused(string kind, CanaryAgent me, HttpMethod method, string path, string? body = null) => new(kind, me, method, path, body) { MustBeRefused = true };

    // By its user alone a path is of the caller's own tenant, and may be the caller's own.
    private static string Foreign(CanaryAgent me, CanaryAgent victim) => victim.User == me.User ? $"/t/{victim.Tenant}/agent/{victim.User}" : $"/agent/{victim.User}";

    // What servers and proxies have been seen to resolve differently.
    private static string PathTo(CanaryAgent me, CanaryAgent victim, Random random)
    {
        var theirs = $"t/{victim.Tenant}/agent/{victim.User}";
        return Pick(
            random,
            $"/agent/{me.User}/../../{theirs}/history",
            $"/agent/{me.User}/..%2f..%2f{theirs.Replace("/", "%2f", StringComparison.Ordinal)}%2fhistory",
            $"/agent/{me.User}%2f..%2f{victim.User}-of-{victim.Tenant}/history",
            $"/agent/{victim.Tenant}:{victim.User}/history",
            $"/agent/{victim.Tenant}%3a{victim.User}/history",
            $"//{theirs}/history",
            $"/./{theirs}/history",
            $"/agent/{me.User}/%2e%2e/%2e%2e/{theirs}/history",
            $"/{theirs.ToUpperInvariant()}/history",
            $"/%74/{victim.Tenant}/agent/{victim.User}/history",
            $"/t/{me.Tenant}/t/{victim.Tenant}/agent/{victim.User}/history",
            $"/t/{me.Tenant}/../{victim.Tenant}/agent/{victim.User}/history",
            $"/t/{victim.Tenant}%00/agent/{victim.User}/history",
            $"/{theirs};/history",
            $"/{theirs}/history/",
            $"/{theirs}/history?userId={me.User}&tenant={me.Tenant}");
    }

    /// <summary>What was told of another's, asked for at one's own: ids open nothing.</summary>
    private static CanaryRequest GuessedId(CanaryAgent me, CanaryAgent victim, Random random)
    {
        var (member, path) = random.Next(4) switch
        {
            0 => ("sessionId", "/sessions/"),
            1 => ("messageId", "/outbox/"),
            2 => ("scheduleId", "/schedules/"),
            _ => ("sessionId", "/history?sessionId="),
        };
        var id = victim.Ids.GetValueOrDefault(member, "aaaaaaaaaaaaaaaaaaaaaaaaaa");
        return member == "scheduleId" ? Refused("guessed id", me, HttpMethod.Delete, me.Path + path + id) : Refused("guessed id", me, HttpMethod.Get, me.Path + path + id);
    }

    // Of nobody but me, whatever it says: the agent is the path's, and the tenant the token's.
    private CanaryRequest BodyThatNames(CanaryAgent me, CanaryAgent victim) => new(
        "body that names", me, HttpMethod.Post, me.Path + "/message",
        OwnOperations.Write(("content", markers.New(me)), ("userId", victim.User), ("tenant", victim.Tenant), ("agent", victim.Name), ("agentId", victim.Name)));

    private static CanaryRequest HeaderThatNames(CanaryAgent me, CanaryAgent victim, Random random) => new("header that names", me, HttpMethod.Get, me.Path + Pick(random, Reads))
    {
        // Events as JSON: an event stream would go on for ever.
        Headers = [("Accept", "application/json"), (Pick(random, Headers), Pick(random, victim.User, victim.Tenant, victim.Name, $"/t/{victim.Tenant}/agent/{victim.User}/history"))],
    };

    private static string Door(CanaryAgent victim, Random random) => Pick(
        random,
        $"/v1.0/actors/AgentActor/{victim.Name}/method/GetHistory",
        $"/actors/AgentActor/{victim.Name}/method/GetHistory",
        $"/v1.0/invoke/agents/method/actors/AgentActor/{victim.Name}/method/GetHistory",
        $"/v1.0/state/statestore/{victim.Name}",
        $"/v1.0/actors/AgentActor/{victim.Name}/state/head",
        "/dapr/announcements",
        "/v1.0/shutdown");

    /// <summary>Another's agent, with a token that is nearly theirs.</summary>
    private static CanaryRequest Token(CanaryAgent me, CanaryAgent victim, Random random) =>
        new("broken token", me, HttpMethod.Get, $"/agent/{victim.User}{Pick(random, Reads)}")
        {
            Token = Pick(random, "", "null", Changed(victim.Token!, random), victim.Token![..^1], victim.Token + "x", $"{victim.Tenant}:{victim.User}"),
            MustBeRefused = true,
        };

    // In the middle: the last letters of a text in base64 or base32 may stand for bits that do not count.
    private static string Changed(string token, Random random)
    {
        var at = token.Length / 4 + random.Next(token.Length / 4);
        return token[..at] + (token[at] == 'a' ? 'b' : 'a') + token[(at + 1)..];
    }

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];
}
