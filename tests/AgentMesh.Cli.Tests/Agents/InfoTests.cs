namespace AgentMesh.Cli.Tests.Agents;

/// <summary><c>info</c> and <c>agents</c>: what the gateway is asked, and what is shown.</summary>
public sealed class InfoTests : IDisposable
{
    private const string Alice = """{"userId":"alice","walletAddress":"0x1343558b1e48Ee16260e386DBEE4693902DB77c4","messageCount":1204,"budget":{"limits":[{"scope":"agent","asset":"USD","symbol":"USD","decimals":6,"window":"rolling:24h","limit":"50000000","posted":"12500000","held":"0","overrun":"0","available":"37500000","resetsAt":null,"new":1}]},"createdAt":"2026-11-23T17:06:02.802Z","lastActive":"2026-11-23T17:06:03.007Z","balance":{"asset":"0x036CbD53842c5426634e7929541eC2318f3dCF7e","network":"eip155:84532","amountAtomic":"10000000","decimals":6,"amount":"10"},"new":{}}""";

    private readonly TestTerminal _terminal = new() { Token = "alices-token" };

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task Info_IsShown()
    {
        await using var gateway = await StubGateway.StartAsync(200, Alice);
        var ran = await _terminal.RunAsync("info", "alice", "--url", gateway.Url);
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        Assert.Equal(
            """
            agent       alice
            messages    1,204
            created     2026-11-23 17:06:02Z
            last active 2026-11-23 17:06:03Z
            wallet      0x1343558b1e48Ee16260e386DBEE4693902DB77c4
            balance     10 USDC on eip155:84532
            budget      agent, USD, rolling:24h
                          [######..................]   25 %  12.5 of 50 USD spent, 37.5 left

            """, ran.Output);
        Assert.Equal(["GET /agent/alice/info"], gateway.Asked);
        Assert.Equal(["Bearer alices-token"], gateway.Tokens);
    }

    [Fact]
    public async Task AgentThatWasNeverUsed_HasNothing()
    {
        await using var gateway = await StubGateway.StartAsync(200, """{"userId":"bob","walletAddress":null,"messageCount":0,"budget":{"limits":[]},"createdAt":null,"lastActive":null,"balanceReason":"\u001b[2J"}""");
        var ran = await _terminal.RunAsync("info", "bob", "--url", gateway.Url);
        Assert.Equal(
            """
            agent       bob
            messages    0
            created     never
            last active never
            wallet      none yet: it is made with the first message
            balance     not known: \u001b[2J
            budget      no limit is set: nothing is spent

            """, ran.Output);
    }

    /// <summary>As it came, but for what a terminal would do something with: escaped, it is the same JSON.</summary>
    [Fact]
    public async Task Json_IsTheServersDocument()
    {
        await using var gateway = await StubGateway.StartAsync(200, Alice.Replace("\"new\":{}", "\"new\":\"\u202e\"", StringComparison.Ordinal));
        var ran = await _terminal.RunAsync("info", "alice", "--json", "--url", gateway.Url);
        Assert.Equal((0, Alice.Replace("\"new\":{}", @"""new"":""\u202e""", StringComparison.Ordinal) + "\n"), (ran.ExitCode, ran.Output));
    }

    [Fact]
    public async Task DamagedAgents_AreListed_AndReleased()
    {
        await using var gateway = await StubGateway.StartAsync((context, _) => context.Request.Path.Value switch
        {
            "/admin/agents/bob/release" => StubGateway.RefuseAsync(context, 503, "agent_quarantined", "page 3 is missing"),
            "/admin/agents/alice/release" => StubGateway.WriteAsync(context, 200, """{"userId":"alice","isQuarantined":false}"""),
            _ => StubGateway.WriteAsync(context, 200, """{"agents":[{"userId":"alice","reason":"page 3\u001b[2J is missing","since":"2026-01-02T03:04:05.678Z"}]}"""),
        });
        var listed = await _terminal.RunAsync("agents", "--quarantined", "--tenant", "acme", "--url", gateway.Url);
        Assert.Equal((0, "alice  2026-01-02 03:04:05Z  page 3\\u001b[2J is missing\n", "1 damaged agent(s)\n"), (listed.ExitCode, listed.Output, listed.Error));
        var released = await _terminal.RunAsync("release", "alice", "--tenant", "acme", "--url", gateway.Url);
        Assert.Equal((0, "alice can be read, and is not on the list\n"), (released.ExitCode, released.Output));
        var damaged = await _terminal.RunAsync("release", "bob", "--url", gateway.Url);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("page 3 is missing", damaged.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["GET /admin/agents/quarantined?tenant=acme", "POST /admin/agents/alice/release?tenant=acme", "POST /admin/agents/bob/release"], gateway.Asked);
    }

    [Fact]
    public async Task Export_IsSentAsItIs_AndWhatCameOfItIsSaid()
    {
        await using var gateway = await StubGateway.StartAsync((context, body) => body.Length == 0
            ? StubGateway.RefuseAsync(context, 400, "invalid_export", "The export is empty.")
            : StubGateway.WriteAsync(
                context, 200,
                """{"userId":"alice","restoredAt":"2026-01-02T03:04:05Z","walletAddress":"0x2","restored":{"session":2,"message":1200},"notRestored":[{"kind":"payment","count":3,"why":"They are\u001b[2J kept."}]}"""));
        var file = _terminal.Write("alice.ndjson", "{\"kind\":\"agent\"}\n{\"kind\":\"end\"}\n");
        var restored = await _terminal.RunAsync("restore", "alice", file, "--tenant", "acme", "--url", gateway.Url);
        Assert.Equal(
            (0, "alice is restored: 2 session, 1,200 message\nits wallet is a new one: 0x2\nnot restored: 3 payment: They are\\u001b[2J kept.\n"), (restored.ExitCode, restored.Output));
        Assert.Equal(["POST /admin/agents/alice/restore?tenant=acme {\"kind\":\"agent\"}\n{\"kind\":\"end\"}"], gateway.Asked);
        Assert.StartsWith("""{"userId":"alice",""", (await _terminal.RunAsync("restore", "alice", file, "--json", "--url", gateway.Url)).Output, StringComparison.Ordinal);

        _terminal.Write("alice.ndjson", "");
        var refused = await _terminal.RunAsync("restore", "alice", file, "--url", gateway.Url);
        Assert.Equal((3, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("The export is empty.", refused.Error, StringComparison.Ordinal);
        var missing = await _terminal.RunAsync("restore", "alice", file + ".none", "--url", gateway.Url);
        Assert.Equal((2, ""), (missing.ExitCode, missing.Output));
        Assert.Contains("the export is not read", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenant_IsInTheAgentsAddress_AndAParameterForAdmins()
    {
        await using var gateway = await StubGateway.StartAsync((context, _) => StubGateway.WriteAsync(
            context, 200, context.Request.Path.StartsWithSegments("/admin", StringComparison.Ordinal) ? """{"agents":[],"total":0,"storedBytes":0,"cursor":null}""" : Alice));
        Assert.Equal(0, (await _terminal.RunAsync("info", "alice", "--tenant", "acme", "--url", gateway.Url)).ExitCode);
        Assert.Equal(0, (await _terminal.RunAsync("agents", "--tenant", "acme", "--url", gateway.Url)).ExitCode);
        Assert.Equal(["GET /t/acme/agent/alice/info", "GET /admin/agents?tenant=acme&limit=500"], gateway.Asked);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>")]
    [InlineData("")]
    [InlineData("""{"userId":"alice","messageCount":"many","budget":{"limits":[]}}""")]
    [InlineData("""{"userId":"alice","messageCount":1,"budget":{"limits":[null]}}""")]
    [InlineData("""{"userId":"alice","messageCount":1,"budget":{"limits":[{"scope":"agent","asset":"USD","window":"once","limit":"-1","posted":"0","held":"0","overrun":"0","available":"0"}]}}""")]
    [InlineData("""{"userId":"alice","messageCount":1,"budget":{"limits":[{"scope":"agent","asset":"USD","window":"once","limit":"1","posted":"0","held":"0","overrun":"0","available":"0","decimals":2000000000}]}}""")]
    public async Task Nonsense_IsAFailure(string answer)
    {
        await using var gateway = await StubGateway.StartAsync(200, answer);
        foreach (var json in new string[][] { [], ["--json"] })
        {
            var ran = await _terminal.RunAsync(["info", "alice", "--url", gateway.Url, .. json]);
            Assert.Equal((1, "", "error: what answers at the gateway's address is not a gateway\n"), (ran.ExitCode, ran.Output, ran.Error));
        }
    }

    [Theory]
    [InlineData(404, 3, "the gateway says 404: No.")]
    [InlineData(401, 3, "AGENTMESH_TOKEN")]
    [InlineData(503, 1, "the gateway says 503: No.")]
    public async Task Refusal_IsToldAsItIs(int status, int exitCode, string told)
    {
        await using var gateway = await StubGateway.StartAsync((context, _) => StubGateway.RefuseAsync(context, status, "x", "No."));
        var ran = await _terminal.RunAsync("info", "alice", "--url", gateway.Url);
        Assert.Equal((exitCode, ""), (ran.ExitCode, ran.Output));
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.Single(gateway.Asked);
    }

    [Fact]
    public async Task Nobody_IsAFailure()
    {
        await using var gateway = await StubGateway.StartAsync(200, Alice);
        var url = gateway.Url;
        await gateway.DisposeAsync();
        var ran = await _terminal.RunAsync("info", "alice", "--url", url);
        Assert.Equal(1, ran.ExitCode);
        Assert.Contains("the gateway is not reached at", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_AreListedToTheEnd_WhileTheGatewayHasTime()
    {
        var tries = 0;
        await using var gateway = await StubGateway.StartAsync((context, _) => context.Request.Query.ContainsKey("cursor")
            ? StubGateway.WriteAsync(context, 200, """{"agents":[{"userId":"bob","storedBytes":0}],"total":2,"storedBytes":65536,"cursor":null}""")
            : ++tries == 1 ? StubGateway.RefuseAsync(context, 429, "too_many_calls", "Busy.", retryAfterSeconds: 1)
            : StubGateway.WriteAsync(context, 200, """{"agents":[{"userId":"alice","storedBytes":65536}],"total":2,"storedBytes":65536,"cursor":"a&b"}"""));
        _terminal.SkipPauses();
        var ran = await _terminal.RunAsync("agents", "--url", gateway.Url);
        Assert.Equal((0, "alice  65536\nbob  0\n"), (ran.ExitCode, ran.Output));
        Assert.Equal("the gateway says 429: Busy. Again in 1 s.\n2 agent(s), whose messages take 65,536 bytes\n", ran.Error);
        Assert.Equal(["GET /admin/agents?limit=500", "GET /admin/agents?limit=500", "GET /admin/agents?limit=500&cursor=a%26b"], gateway.Asked);
        var json = await _terminal.RunAsync("agents", "--json", "--url", gateway.Url);
        Assert.Equal(("""{"agents":[{"userId":"alice","storedBytes":65536},{"userId":"bob","storedBytes":0}],"total":2,"storedBytes":65536}""" + "\n", ""), (json.Output, json.Error));
    }
}
