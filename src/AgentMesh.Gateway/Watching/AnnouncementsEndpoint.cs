using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.Gateway.Watching;

/// <summary>
/// <c>GET /dapr/subscribe</c> and the route of deliveries: what the agents app announces, for the sidecar only. By hand, because a
/// subscription is one line of JSON, and the SDK's would bring its client and MVC along.
/// </summary>
internal static class AnnouncementsEndpoint
{
    /// <summary>Where the sidecar brings them.</summary>
    public const string Route = "/dapr/announcements";

    // Dapr's two words for a delivery: an announcement is never retried, so there is no RETRY.
    private static readonly byte[] Success = """{"status":"SUCCESS"}"""u8.ToArray();
    private static readonly byte[] Drop = """{"status":"DROP"}"""u8.ToArray();

    private static readonly byte[] Subscriptions =
        Encoding.UTF8.GetBytes($$"""[{"pubsubname":"{{Announcement.Component}}","topic":"{{Announcement.Topic}}","route":"{{Route}}"}]""");

    public static void Map(IEndpointRouteBuilder endpoints, SidecarOptions sidecar, IHostEnvironment environment)
    {
        // Without a token nobody could tell the sidecar from others. In Development the door keeps those out.
        if (sidecar.AppToken is null && !environment.IsDevelopment())
            return;
        endpoints.MapGet("/dapr/subscribe", static context => WriteAsync(context, Subscriptions)).RequireDaprAppToken(sidecar);
        endpoints.MapPost(Route, TakeAsync).RequireDaprAppToken(sidecar);
    }

    private static async Task TakeAsync(HttpContext context)
    {
        var announcement = await ReadAsync(context.Request.BodyReader, context.RequestAborted);
        if (announcement is not null)
            context.RequestServices.GetRequiredService<WatchHub>().Take(announcement);
        await WriteAsync(context, announcement is null ? Drop : Success);
    }

    // The server's own limit bounds the body.
    private static async ValueTask<Announcement?> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var read = await body.ReadAsync(cancellationToken);
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync(cancellationToken);
        }

        try
        {
            using var envelope = JsonDocument.Parse(read.Buffer);
            return envelope.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("data", out var data)
                ? Check(data.Deserialize(ContractsJson.Default.Announcement))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            body.AdvanceTo(read.Buffer.End);
        }
    }

    private static Announcement? Check(Announcement? given) =>
        given is not null
        && (given.Seqs is null || given.Seqs.All(progress => progress is { Agent: not null, Seq: >= 0 }))
        && (given.Deltas is null || given.Deltas.All(delta => delta is { Agent: not null, Turn: not null, Text: not null, Attempt: >= 0, At: >= 0 }))
            ? given
            : null;

    private static Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
