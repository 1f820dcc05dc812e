using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Testing;

/// <summary>The ordinary state API as far as a registry needs it: GET of a key, POST with first-write and ETags.</summary>
public sealed class StateValues
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Value, int Version)> _values = new(StringComparer.Ordinal);
    private int _seed;

    /// <summary>How often a key was read.</summary>
    public int Reads { get; private set; }

    /// <summary>How often a key was written.</summary>
    public int Writes { get; private set; }

    /// <summary>Called before a write is looked at; a test writes in between here.</summary>
    public Action? BeforeWrite { get; set; }

    /// <summary>The JSON of a key; null when there is none.</summary>
    public string? this[string key]
    {
        get
        {
            lock (_lock)
                return _values.TryGetValue(key, out var found) ? found.Value : null;
        }

        set
        {
            lock (_lock)
                _values[key] = (value!, _values.GetValueOrDefault(key).Version + 1);
        }
    }

    internal async Task HandleAsync(HttpContext context, string? key)
    {
        if (key is not null)
        {
            await ReadAsync(context, key);
            return;
        }

        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var before = BeforeWrite;
        BeforeWrite = null;
        before?.Invoke();
        context.Response.StatusCode = Write(body.RootElement[0]) ? StatusCodes.Status204NoContent : StatusCodes.Status409Conflict;
    }

    private async Task ReadAsync(HttpContext context, string key)
    {
        (string Value, int Version) found;
        lock (_lock)
        {
            Reads++;
            found = _values.GetValueOrDefault(key);
        }

        if (found.Value is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json";
        // Bare, as Dapr sends it.
        context.Response.Headers.ETag = $"{found.Version}";
        await context.Response.WriteAsync(found.Value, context.RequestAborted);
    }

    /// <returns>False: first-write, and it is not that version.</returns>
    private bool Write(JsonElement item)
    {
        var key = item.GetProperty("key").GetString()!;
        var etag = item.TryGetProperty("etag", out var given) ? given.GetString() : null;
        var isFirstWrite = item.GetProperty("options").GetProperty("concurrency").GetString() == "first-write";
        lock (_lock)
        {
            var version = _values.TryGetValue(key, out var found) ? $"{found.Version}" : null;
            if (isFirstWrite && etag != version)
                return false;
            Writes++;
            this[key] = DaprdFidelity.Damage(item.GetProperty("value").GetRawText(), ++_seed);
            return true;
        }
    }
}
