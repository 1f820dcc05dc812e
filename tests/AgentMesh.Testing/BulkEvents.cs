using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.Testing;

/// <summary>The bulk publish API of a sidecar: takes what comes, as daprd does, and fails on demand.</summary>
public sealed class BulkEvents
{
    private readonly Channel<JsonElement> _taken = Channel.CreateUnbounded<JsonElement>();
    private readonly Channel<int> _calls = Channel.CreateUnbounded<int>();

    /// <summary>The events, in their order, without what Dapr writes around them.</summary>
    public ChannelReader<JsonElement> Taken => _taken.Reader;

    /// <summary>Each call, by the number of its entries, after it was answered.</summary>
    public ChannelReader<int> Calls => _calls.Reader;

    /// <summary>Where the events went: component and topic.</summary>
    public string? Target { get; private set; }

    /// <summary>Says of the place of an entry in its call, and of the event, whether it fails; null: none does.</summary>
    public Func<int, JsonElement, bool>? Fails { get; set; }

    /// <summary>Answers every call with this status and takes nothing; null: calls are taken.</summary>
    public int? Status { get; set; }

    internal async Task HandleAsync(HttpContext context, string target)
    {
        Target = target;
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var entries = body.RootElement.EnumerateArray().ToList();
        if (Status is { } status)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("""{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"asked to fail"}""");
            _calls.Writer.TryWrite(entries.Count);
            return;
        }

        var failed = new List<object>();
        for (var n = 0; n < entries.Count; n++)
        {
            var (id, taken) = (entries[n].GetProperty("entryId").GetString(), entries[n].GetProperty("event").Clone());
            if (entries[n].GetProperty("contentType").GetString() != "application/cloudevents+json" || Fails?.Invoke(n, taken) == true)
                failed.Add(new { entryId = id, error = "asked to fail" });
            else
                _taken.Writer.TryWrite(taken);
        }

        context.Response.StatusCode = failed.Count == 0 ? StatusCodes.Status204NoContent : StatusCodes.Status500InternalServerError;
        if (failed.Count > 0)
            await context.Response.WriteAsJsonAsync(new { failedEntries = failed, errorCode = "ERR_PUBSUB_PUBLISH_MESSAGE" });
        _calls.Writer.TryWrite(entries.Count);
    }
}
