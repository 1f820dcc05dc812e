using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using AgentMesh.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Facilitator.Tests;

/// <summary>What a store does with a transaction in which one ETag is wrong.</summary>
public enum Undoing
{
    /// <summary>Nothing of it is written, 409: the local sidecar.</summary>
    All,

    /// <summary>Everything else of it is written, 500: Dapr's Redis component.</summary>
    Nothing,
}

/// <summary>What goes wrong with one write.</summary>
public enum WriteFault
{
    None,

    /// <summary>It is not done, 500.</summary>
    Refused,

    /// <summary>It is done, 500.</summary>
    DoneAndFailed,

    /// <summary>It is done, and the connection is cut.</summary>
    DoneAndCut,

    /// <summary>It is not done, and the connection is cut.</summary>
    Cut,
}

/// <summary>Dapr's ordinary state API over HTTP, in memory, with what daprd does to JSON.</summary>
internal sealed class FakeStateStore : IAsyncDisposable
{
    public const string Token = "sidecar-token";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Json, long Version, bool FirstWrite)> _entries = [];

    private FakeStateStore(WebApplication app, Undoing undoing) => (_app, Undoing) = (app, undoing);

    public string Address { get; private set; } = "";

    public Undoing Undoing { get; }

    /// <summary>What happens to the next writes, one each.</summary>
    public ConcurrentQueue<WriteFault> Faults { get; } = [];

    public int Writes { get; private set; }

    public static async Task<FakeStateStore> StartAsync(Undoing undoing = Undoing.All)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var store = new FakeStateStore(app, undoing);
        app.Run(store.AnswerAsync);
        await app.StartAsync();
        store.Address = app.Urls.Single();
        return store;
    }

    /// <summary>All records as they are stored.</summary>
    public Dictionary<string, string> Snapshot()
    {
        lock (_lock)
            return _entries.ToDictionary(entry => entry.Key, entry => entry.Value.Json);
    }

    /// <summary>Writes a record past everybody.</summary>
    public void Put(string key, string json)
    {
        lock (_lock)
            _entries[key] = (json, _entries.TryGetValue(key, out var entry) ? entry.Version + 1 : 1, false);
    }

    /// <summary>Removes a record past everybody.</summary>
    public void Remove(string key)
    {
        lock (_lock)
            _entries.Remove(key);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers["dapr-api-token"] != Token)
        {
            context.Response.StatusCode = 401;
            return;
        }

        var body = await JsonNode.ParseAsync(context.Request.Body);
        switch (context.Request.Path.Value)
        {
            case "/v1.0/state/statestore/bulk":
                await context.Response.WriteAsJsonAsync(Read(body!["keys"]!.AsArray()));
                return;
            case "/v1.0/state/statestore":
                Write(context, [.. body!.AsArray().Select(request => request!.AsObject())]);
                return;
            case "/v1.0/state/statestore/transaction":
                Write(context, [.. body!["operations"]!.AsArray().Select(operation => operation!["request"]!.AsObject())]);
                return;
            default:
                context.Response.StatusCode = 404;
                return;
        }
    }

    private JsonArray Read(JsonArray keys)
    {
        lock (_lock)
        {
            return new JsonArray([.. keys.Select(key => _entries.TryGetValue(key!.GetValue<string>(), out var entry)
                ? new JsonObject { ["key"] = key.GetValue<string>(), ["data"] = JsonNode.Parse(entry.Json), ["etag"] = entry.Version.ToString(CultureInfo.InvariantCulture) }
                : new JsonObject { ["key"] = key.GetValue<string>() })]);
        }
    }

    private void Write(HttpContext context, JsonObject[] requests)
    {
        var fault = Faults.TryDequeue(out var next) ? next : WriteFault.None;
        var status = fault is WriteFault.Refused or WriteFault.Cut ? 500 : Apply(requests);
        if (fault is WriteFault.Cut or WriteFault.DoneAndCut)
            context.Abort();
        else
            context.Response.StatusCode = fault == WriteFault.None ? status : 500;
    }

    private int Apply(JsonObject[] requests)
    {
        lock (_lock)
        {
            Writes++;
            var wrong = requests.Where(request => !MayWrite(request)).ToArray();
            if (wrong.Length > 0 && Undoing == Undoing.All)
                return wrong[0]["etag"] is null ? 500 : 409;
            foreach (var request in requests.Where(MayWrite))
            {
                var key = request["key"]!.GetValue<string>();
                var version = _entries.TryGetValue(key, out var entry) ? entry.Version + 1 : 1;
                // Dapr's Redis component marks first writes outside of transactions only; so the marker is never relied on in one.
                var marked = entry.FirstWrite || requests.Length == 1 && request["options"]?["concurrency"]?.GetValue<string>() == "first-write";
                _entries[key] = (DaprdFidelity.Damage(request["value"]!.ToJsonString(), Writes), version, marked);
            }

            return wrong.Length > 0 ? 500 : 204;
        }
    }

    // contrib:state/redis/redis.go: no version, or the ETag is the version, or no ETag and no marker.
    private bool MayWrite(JsonObject request) =>
        !_entries.TryGetValue(request["key"]!.GetValue<string>(), out var entry)
        || (request["etag"]?.GetValue<string>() is { } etag ? etag == entry.Version.ToString(CultureInfo.InvariantCulture) : !entry.FirstWrite);
}
