using System.Buffers;
using System.Text;
using AgentMesh.ActorHost.Agents;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.ActorHost.Mail;

/// <summary>
/// <c>GET /dapr/subscribe</c> and the route of deliveries: messages that outside services publish, for the sidecar only. What is refused for good is
/// dropped, which takes it to the dead-letter topic once; what may go well later is asked for again, as often as the component's inbound policy says.
/// </summary>
internal static partial class InboundMailEndpoint
{
    private const string Route = "/dapr/mail";

    /// <summary>Longest event: a message of 64 KiB in which every byte is escaped, 200 receivers, and what Dapr adds.</summary>
    private const int MaxEventBytes = 1024 * 1024;

    private static readonly byte[] Nothing = "[]"u8.ToArray();

    private static readonly byte[] Subscriptions = Encoding.UTF8.GetBytes(
        $$"""[{"pubsubname":"{{MailEvents.Component}}","topic":"{{MailEvents.Topic}}","route":"{{Route}}","deadLetterTopic":"{{MailEvents.DeadLetterTopic}}"}]""");

    private static readonly byte[] Success = """{"status":"SUCCESS"}"""u8.ToArray();
    private static readonly byte[] Retry = """{"status":"RETRY"}"""u8.ToArray();
    private static readonly byte[] Drop = """{"status":"DROP"}"""u8.ToArray();

    internal static void MapInboundMail(this WebApplication app)
    {
        var sidecar = app.Services.GetRequiredService<SidecarOptions>();
        app.MapGet("/dapr/subscribe", SubscribeAsync).RequireDaprAppToken(sidecar);
        app.MapPost(Route, TakeAsync).RequireDaprAppToken(sidecar);
    }

    private static Task SubscribeAsync(HttpContext context) =>
        WriteAsync(context, context.RequestServices.GetRequiredService<MailOptions>().InboundSenders.Count == 0 ? Nothing : Subscriptions);

    private static async Task TakeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var body = await ReadAsync(context);
        var refusal = body is { } given ? await SendAsync(services, given, context.RequestAborted) : new Refusal(MailCodes.InvalidMail, "The event is too long.");
        if (refusal is null)
        {
            await WriteAsync(context, Success);
            return;
        }

        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(InboundMailEndpoint));
        var name = body is { } named ? InboundMail.NameOf(named) : "?";
        var isForGood = IsForGood(refusal.Code);
        if (isForGood)
            LogDropped(logger, name, refusal.Code);
        else
            LogAskedAgain(logger, name, refusal.Code);
        await WriteAsync(context, isForGood ? Drop : Retry);
    }

    /// <returns>Why it is not sent; null when it is.</returns>
    private static async Task<Refusal?> SendAsync(IServiceProvider services, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<MailOptions>();
        var read = InboundMail.Read(body, options.InboundTenantId);
        if (read.IsRefused)
            return read.Refusal;
        var mail = read.Value;
        if (!options.TakesFrom(mail.From))
            return new Refusal(MailCodes.MailNotAllowed, "Events of this sender are not taken.");
        try
        {
            return (await services.GetRequiredService<MailActors>().SendAsync(mail, cancellationToken)).Refusal;
        }
        catch (Exception fault) when (AgentRetries.IsFault(fault) || fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Refusal(MailCodes.RecipientUnreached, "The sender's mailbox could not be reached.");
        }
    }

    /// <summary>
    /// True when the same event is refused the same way whenever it comes. The rest is of the moment: the rate, the room, an agent that is not reached, is
    /// being erased, or that an operator has to look at.
    /// </summary>
    private static bool IsForGood(string code) => code is
        MailCodes.InvalidMail or MailCodes.InvalidRecipient or MailCodes.MailNotAllowed or AgentRefusals.InvalidContent or AgentRefusals.IdempotencyKeyReused;

    /// <returns>The event, which stays the reader's; null: it is too long.</returns>
    private static async ValueTask<ReadOnlySequence<byte>?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxEventBytes)
            return null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > MaxEventBytes)
                return null;
            if (read.IsCompleted)
                return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        return context.Response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }

    [LoggerMessage(104, LogLevel.Warning, "Event {EventId} of an outside service is no message to agents ({RefusalCode}); it goes to the dead-letter topic")]
    private static partial void LogDropped(ILogger logger, string eventId, string refusalCode);

    [LoggerMessage(105, LogLevel.Warning, "Event {EventId} of an outside service is not sent now ({RefusalCode}); it is asked for again")]
    private static partial void LogAskedAgain(ILogger logger, string eventId, string refusalCode);
}
