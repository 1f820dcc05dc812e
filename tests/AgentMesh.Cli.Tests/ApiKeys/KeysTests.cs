using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Cli.Tests.ApiKeys;

/// <summary><c>keys create|list|revoke</c>: what the gateway is asked, and what is shown.</summary>
public sealed class KeysTests : IAsyncLifetime
{
    private const string Id = "aebagbafaydqq";
    private const string Secret = "amk_aebagbafaydqq_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_acme";

    private readonly TestTerminal _terminal = new() { Token = "bootstrap-key" };
    private readonly List<string> _asked = [];
    private WebApplication _gateway = null!;

    /// <summary>The next answer; null: the usual one.</summary>
    private (int Status, string Body)? Answer { get; set; }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _gateway = builder.Build();
        _gateway.Run(AnswerAsync);
        await _gateway.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _terminal.Dispose();
    }

    [Theory]
    [InlineData("""{"name":"ci","scopes":["user"]}""", "ci")]
    [InlineData("""{"name":"ci","user":"alice","scopes":["admin","user"],"expiresAt":"2027-12-31T00:00:00+00:00"}""", "ci", "--user", "alice", "--scope", "admin", "--scope", "user", "--expires", "2027-12-31T00:00:00Z")]
    public async Task Create_AsksOnce_AndPrintsTheKeyOnce(string body, params string[] arguments)
    {
        var ran = await RunAsync(["create", .. arguments, "--tenant", "acme"]);
        Assert.Equal((0, Secret + "\n"), (ran.ExitCode, ran.Output));
        Assert.DoesNotContain(Secret, ran.Error, StringComparison.Ordinal);
        Assert.Contains("made amk_aebagbafaydqq  acme/*  user  no end  CI", ran.Error, StringComparison.Ordinal);
        Assert.Equal([$"POST /admin/keys?tenant=acme Bearer bootstrap-key {body}"], _asked);
        Assert.DoesNotContain("bootstrap-key", _terminal.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_IsOneObject()
    {
        var made = await RunAsync("create", "ci", "--json");
        Assert.Equal(
            ($$"""{"id":"{{Id}}","prefix":"amk_{{Id}}","tenantId":"acme","scopes":["user"],"name":"CI","createdAt":"2026-01-02T03:04:05+00:00","key":"{{Secret}}"}""" + "\n", ""),
            (made.Output, made.Error));
        var list = await RunAsync("list", "--json");
        Assert.StartsWith("""{"keys":[{"id":""", list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"key\":", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_GoesOnToTheEnd()
    {
        var ran = await RunAsync("list");
        Assert.Equal((0, "amk_aebagbafaydqq  acme/*  user  no end  CI\namk_aaaaaaaaaaaaa  acme/alice  user,admin  revoked 2026-01-02 03:04:05Z  \\u001b[2J\n"), (ran.ExitCode, ran.Output));
        Assert.Equal(["GET /admin/keys?limit=100 Bearer bootstrap-key ", $"GET /admin/keys?limit=100&cursor={Id} Bearer bootstrap-key "], _asked);
    }

    [Theory]
    [InlineData(Id)]
    [InlineData("amk_" + Id)]
    public async Task Revoke_TakesIdOrPrefix(string id)
    {
        Assert.Equal(0, (await RunAsync("revoke", id)).ExitCode);
        Assert.Equal([$"DELETE /admin/keys/{Id} Bearer bootstrap-key "], _asked);
    }

    /// <summary>Whoever pastes the whole key does not have it on the screen again.</summary>
    [Fact]
    public async Task Revoke_OfAWholeKey_RepeatsNothingOfIt()
    {
        Assert.Equal(2, (await RunAsync("revoke", Secret)).ExitCode);
        Assert.DoesNotContain("aaaaaaaa", _terminal.Everything, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task TokenFile_GoesBeforeTheEnvironment()
    {
        Assert.Equal(0, (await RunAsync("revoke", Id, "--token-file", _terminal.Write("token", "from-file\n"))).ExitCode);
        Assert.Equal([$"DELETE /admin/keys/{Id} Bearer from-file "], _asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("two\nlines")]
    public async Task TokenFile_ThatHasNone_IsRefused(string text)
    {
        var ran = await RunAsync("list", "--token-file", _terminal.Write("token", text));
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("is no token", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("two", ran.Error, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Token_GoesOverNoNetworkInTheClear()
    {
        var ran = await _terminal.RunAsync("keys", "list", "--url", "http://gateway.example");
        Assert.Equal(2, ran.ExitCode);
        Assert.Contains("would read the token", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, 3, "the gateway says 403: No.")]
    [InlineData(401, 3, "AGENTMESH_TOKEN")]
    [InlineData(503, 1, "the gateway says 503: No.")]
    public async Task Refusal_IsToldAsItIs(int status, int exitCode, string told)
    {
        Answer = (status, """{"type":"urn:agentmesh:problem:x","detail":"No."}""");
        var ran = await RunAsync("create", "ci");
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
        Assert.Single(_asked);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("create", "ci", "--scope", "root")]
    [InlineData("create", "ci", "--expires", "soon")]
    [InlineData("list", "--tenant", "A")]
    [InlineData("list", "--token", "x")]
    public async Task WrongCommandLine_AsksNothing(params string[] arguments)
    {
        Assert.Equal(2, (await RunAsync(arguments)).ExitCode);
        Assert.Empty(_asked);
    }

    private Task<Ran> RunAsync(params string[] arguments) => _terminal.RunAsync(["keys", .. arguments, "--url", _gateway.Urls.Single()]);

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        _asked.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization} {await reader.ReadToEndAsync()}");
        const string View = $$"""{"id":"{{Id}}","prefix":"amk_{{Id}}","tenantId":"acme","user":null,"scopes":["user"],"name":"CI","createdAt":"2026-01-02T03:04:05Z","expiresAt":null,"revokedAt":null,"key":""";
        var (status, body) = Answer ?? (context.Request.Method, context.Request.Query.ContainsKey("cursor")) switch
        {
            ("POST", _) => (201, View + "\"" + Secret + "\"}"),
            ("DELETE", _) => (200, View + "null}"),
            (_, false) => (200, $$"""{"keys":[{{View}}null}],"cursor":"{{Id}}"}"""),
            _ => (200, """{"keys":[{"id":"aaaaaaaaaaaaa","prefix":"amk_aaaaaaaaaaaaa","tenantId":"acme","user":"alice","scopes":["user","admin"],"name":"\u001b[2J","createdAt":"2026-01-02T03:04:05Z","expiresAt":null,"revokedAt":"2026-01-02T03:04:05Z","key":null}],"cursor":null}"""),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }
}
