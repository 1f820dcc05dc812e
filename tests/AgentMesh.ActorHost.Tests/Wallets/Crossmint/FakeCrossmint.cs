using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Evm;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ActorHost.Tests.Wallets.Crossmint;

/// <summary>What goes wrong with one call.</summary>
public enum CrossmintFault
{
    None,

    /// <summary>500, and nothing is done.</summary>
    Error,

    /// <summary>It is done, and 500.</summary>
    DoneAndError,

    /// <summary>429, for two seconds.</summary>
    Busy,

    /// <summary>It is done, and the connection is cut.</summary>
    DoneAndCut,

    /// <summary>It is done, and there is no answer until the caller leaves.</summary>
    DoneAndSilent,

    /// <summary>It is done, and the answer is no JSON.</summary>
    DoneAndGarbled,
}

/// <summary>
/// Crossmint's wallets API, version 2025-06-09, as its reference has it: an idempotency key or an owner that is known gets the wallet that there is, and
/// signatures are first pending.
/// </summary>
internal sealed class FakeCrossmint : IAsyncDisposable
{
    public const string ApiKey = "sk_staging_test";

    /// <summary>What signatures are: longer than a key's, as a contract takes them.</summary>
    public const string Signature = "0x000000000000000000000000aabbccddeeff00112233445566778899aabbccdd1122334455667788990011223344556677889900112233445566778899001122334455667788990011";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, string> _byKey = new();
    private readonly ConcurrentDictionary<string, string> _wallets = new();
    private readonly ConcurrentDictionary<string, (string Id, JsonElement Params)> _signatures = new();
    private readonly ConcurrentDictionary<string, int> _looks = new();

    private FakeCrossmint(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single() + "/api");

    /// <summary>What happens to the next calls, one each.</summary>
    public ConcurrentQueue<CrossmintFault> Faults { get; } = [];

    /// <summary>Calls that came, with method, path and idempotency key.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Wallets that were made, by owner.</summary>
    public IReadOnlyDictionary<string, string> Wallets => _wallets;

    /// <summary>What was signed, by idempotency key.</summary>
    public IReadOnlyDictionary<string, (string Id, JsonElement Params)> Signatures => _signatures;

    /// <summary>What is said of a signature after it was pending once.</summary>
    public string Status { get; set; } = "success";

    /// <summary>The key it takes.</summary>
    public string Accepts { get; set; } = ApiKey;

    public static async Task<FakeCrossmint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var fake = new FakeCrossmint(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync();
        return fake;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var key = context.Request.Headers["x-idempotency-key"].ToString();
        Calls.Enqueue($"{context.Request.Method} {context.Request.Path} {key}".TrimEnd());
        var fault = Faults.TryDequeue(out var next) ? next : CrossmintFault.None;
        if (context.Request.Headers["X-API-KEY"] != Accepts)
        {
            context.Response.StatusCode = 401;
            return;
        }

        if (fault is CrossmintFault.Error or CrossmintFault.Busy)
        {
            context.Response.StatusCode = fault == CrossmintFault.Busy ? 429 : 500;
            if (fault == CrossmintFault.Busy)
                context.Response.Headers.RetryAfter = "2";
            return;
        }

        var body = context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0
            ? await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted)
            : default;
        var (status, answer) = Do(context.Request.Method, context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries), key, body);
        switch (fault)
        {
            case CrossmintFault.DoneAndError:
                context.Response.StatusCode = 500;
                return;
            case CrossmintFault.DoneAndCut:
                context.Abort();
                return;
            case CrossmintFault.DoneAndSilent:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                return;
            case CrossmintFault.DoneAndGarbled:
                await context.Response.WriteAsync("<html>");
                return;
            default:
                context.Response.StatusCode = status;
                if (answer is not null)
                    await context.Response.WriteAsJsonAsync(answer);
                return;
        }
    }

    private (int Status, JsonObject? Answer) Do(string method, string[] path, string key, JsonElement body) => (method, path) switch
    {
        ("POST", ["api", "2025-06-09", "wallets"]) => Create(key, body),
        ("POST", ["api", "2025-06-09", "wallets", var wallet, "signatures"]) when _wallets.Values.Contains(wallet) => Sign(key, body),
        ("GET", ["api", "2025-06-09", "wallets", _, "signatures", var id]) => (200, Show(id)),
        _ => (404, null),
    };

    private (int Status, JsonObject? Answer) Create(string key, JsonElement body)
    {
        if (body.GetProperty("chainType").GetString() != "evm" || body.GetProperty("type").GetString() != "smart"
            || body.GetProperty("config").GetProperty("adminSigner").GetProperty("type").GetString() != "api-key"
            || body.GetProperty("owner").GetString() is not { } owner || !owner.StartsWith("userId:", StringComparison.Ordinal) || key.Length == 0)
        {
            return (400, null);
        }

        owner = _byKey.GetOrAdd(key, owner);
        var isNew = false;
        var address = _wallets.GetOrAdd(owner, _ =>
        {
            isNew = true;
            var number = _wallets.Count + 1;
            return EvmAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"0x{number:d40}")).ToString();
        });
        return (isNew ? 201 : 200, new JsonObject { ["chainType"] = "evm", ["type"] = "smart", ["address"] = address, ["owner"] = owner });
    }

    private (int Status, JsonObject? Answer) Sign(string key, JsonElement body)
    {
        if (body.GetProperty("type").GetString() != "typed-data" || key.Length == 0)
            return (400, null);
        var (id, _) = _signatures.GetOrAdd(key, _ => ($"sig-{_signatures.Count + 1}", body.GetProperty("params").Clone()));
        return (201, Show(id));
    }

    private JsonObject Show(string id)
    {
        var status = _looks.AddOrUpdate(id, 1, (_, looks) => looks + 1) == 1 ? "pending" : Status;
        var answer = new JsonObject { ["id"] = id, ["type"] = "typed-data", ["chainType"] = "evm", ["walletType"] = "smart", ["status"] = status };
        if (status == "success")
            answer["outputSignature"] = Signature;
        return answer;
    }
}
