using System.Net;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Cli.Tests.Auditing;

/// <summary><c>audit verify</c> of a gateway and of a file.</summary>
public sealed class AuditVerifyTests : IDisposable
{
    private const int PageRecords = 3;

    private static readonly TenantId Tenant = TenantId.Parse("acme");

    private static readonly AuditRecord[] Chain = Build(7);

    private readonly TestTerminal _terminal = new() { Token = "secret-token" };

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task Gateway_IsAskedForAllOfIt()
    {
        var (paths, tokens) = (new List<string>(), new List<string>());
        await using var app = await StartAsync(context =>
        {
            paths.Add(context.Request.QueryString.Value!);
            tokens.Add(context.Request.Headers.Authorization.ToString());
            return Page(Chain, int.Parse(context.Request.Query["after"].ToString(), System.Globalization.CultureInfo.InvariantCulture));
        });
        var ran = await _terminal.RunAsync("audit", "verify", "--url", app.Urls.Single(), "--tenant", "acme");
        Assert.Equal((0, "", $"7 records of acme are good, 1 of them intents without an outcome\nhead 7:{Chain[6].Hash}\n"), (ran.ExitCode, ran.Error, ran.Output));
        Assert.Equal(["?tenant=acme&after=0", "?tenant=acme&after=3", "?tenant=acme&after=6"], paths);
        Assert.All(tokens, token => Assert.Equal("Bearer secret-token", token));
        Assert.DoesNotContain("secret", _terminal.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_IsGood_AlsoBehindAHead()
    {
        var file = _terminal.Write("audit.json", string.Join('\n', Page(Chain, 0), Page(Chain, 3), Page(Chain, 6)));
        Assert.Equal(0, (await VerifyAsync(file)).ExitCode);
        Assert.Equal(0, (await VerifyAsync(file, Chain[6])).ExitCode);
        var rest = _terminal.Write("rest.json", Page(Chain, 3) + Page(Chain, 6));
        Assert.Equal((0, $"4 records of acme are good, 1 of them intents without an outcome\nhead 7:{Chain[6].Hash}\n"), await Told(VerifyAsync(rest, Chain[2])));
        Assert.Equal((1, "error: the chain is bad behind 0 good records: record 4: its number is 4: records are missing or out of order\n"), await Told(VerifyAsync(rest)));
    }

    [Fact]
    public async Task BadRecord_IsNamed()
    {
        AuditRecord[] changed = [.. Chain];
        changed[4] = changed[4] with { Target = "userId=bob" };
        var file = _terminal.Write("audit.json", Page(changed, 0) + Page(changed, 3) + Page(changed, 6));
        Assert.Equal((1, "error: the chain is bad behind 4 good records: record 5: its hash is not that of what it says\n"), await Told(VerifyAsync(file)));
    }

    [Fact]
    public async Task TailThatWasCutOff_IsFoundByAYoungerHead()
    {
        var file = _terminal.Write("audit.json", Page(Chain[..6], 0) + Page(Chain[..6], 3));
        Assert.Equal(0, (await VerifyAsync(file)).ExitCode);
        Assert.Equal((1, "error: the chain is bad behind 6 good records: the chain ends at 6, before the head 7 that was seen before: its end was cut off\n"), await Told(VerifyAsync(file, Chain[6])));
    }

    [Theory]
    [InlineData("{", 2, "is not answers of GET /admin/audit")]
    [InlineData("{}", 2, "is not answers of GET /admin/audit")]
    [InlineData("null", 2, "is not answers of GET /admin/audit")]
    [InlineData("", 2, "")]
    public async Task FileThatIsNone_IsRefused(string text, int exitCode, string told)
    {
        var ran = await VerifyAsync(_terminal.Write("audit.json", text));
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains(told, ran.Error, StringComparison.Ordinal);
    }

    private Task<Ran> VerifyAsync(string file, AuditRecord? head = null) =>
        _terminal.RunAsync(["audit", "verify", "--file", file, .. head is null ? [] : (string[])["--from-head", $"{head.Number}:{head.Hash}"]]);

    private static async Task<(int ExitCode, string Text)> Told(Task<Ran> run) => await run is var ran && ran.ExitCode == 0 ? (0, ran.Output) : (ran.ExitCode, ran.Error);

    private static AuditRecord[] Build(int count)
    {
        var chain = new AuditRecord[count];
        for (var n = 0; n < count; n++)
        {
            var (isOutcome, previous) = (n % 2 == 1, n == 0 ? AuditRecord.NoHash : chain[n - 1].Hash);
            chain[n] = new AuditRecord(
                n + 1, DateTimeOffset.UnixEpoch.AddSeconds(n), "user:acme/ops", "agent.freeze", "userId=alice", $"r{n / 2}", isOutcome ? n : null, isOutcome ? "200" : null, previous, "").Sealed(Tenant);
        }

        return chain;
    }

    private static string Page(AuditRecord[] chain, int after)
    {
        var records = chain.Skip(after).Take(PageRecords).Select(record => System.Text.Json.JsonSerializer.Serialize(new
        {
            number = record.Number,
            at = record.FormatTime(),
            caller = record.Caller,
            action = record.Action,
            target = record.Target,
            requestId = record.RequestId,
            intent = record.Intent,
            outcome = record.Outcome,
            previous = record.Previous,
            hash = record.Hash,
        }));
        var next = after + PageRecords < chain.Length ? $"{after + PageRecords}" : "null";
        return $$"""{"tenantId":"acme","records":[{{string.Join(',', records)}}],"head":{"number":{{chain.Length}},"hash":"{{chain[^1].Hash}}"},"next":{{next}}}""";
    }

    private static async Task<WebApplication> StartAsync(Func<HttpContext, string> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/admin/audit", (HttpContext context) => Results.Text(answer(context), "application/json"));
        await app.StartAsync();
        return app;
    }
}
