using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Events;
using AgentMesh.Agents.Turns;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.ActorHost.Publishing;

/// <summary>
/// Events as the body of Dapr's bulk publish: CloudEvents 1.0 in JSON, each an entry named by its place. By hand, as watchers' events are: the members
/// depend on the type. What a message says is left out here, and here alone: a new kind of entry has to be written out member by member.
/// </summary>
internal static class CloudEventBatch
{
    // Relaxed as all answers: JSON that is never HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a batch.</summary>
    /// <param name="events">The events.</param>
    /// <param name="buffer">Where to.</param>
    public static void Write(IReadOnlyList<QueuedEvent> events, IBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartArray();
        for (var n = 0; n < events.Count; n++)
        {
            json.WriteStartObject();
            json.WriteString("entryId"u8, n.ToString(CultureInfo.InvariantCulture));
            json.WriteString("contentType"u8, "application/cloudevents+json"u8);
            json.WriteStartObject("event"u8);
            Write(json, events[n]);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, QueuedEvent queued)
    {
        var (feed, logged, erasedAt) = queued;
        var generation = feed.Generation.ToUnixTimeMilliseconds();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, logged is null
            ? string.Create(CultureInfo.InvariantCulture, $"{feed.Agent}/{generation}/erased")
            : string.Create(CultureInfo.InvariantCulture, $"{feed.Agent}/{generation}/{logged.Seq}"));
        json.WriteString("source"u8, SourceOf(feed.Agent));
        json.WriteString("type"u8, DomainEvents.TypeOf(logged is null ? DomainEvents.Erased : TypeOf(logged)));
        if (logged is not null)
            json.WriteString("subject"u8, logged.Entry.Session);
        // Nothing is known any more of when a removed message was said: the sidecar writes the time of publication.
        if ((logged is null ? erasedAt : TimeOf(logged)) is { } at)
            json.WriteString("time"u8, at.UtcDateTime);
        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WriteStartObject("data"u8);
        json.WriteString("agent"u8, feed.Agent);
        if (logged is not null)
            WriteData(json, logged);
        json.WriteEndObject();
    }

    // Members sorted, as daprd writes the data of an event: a sidecar that finds them so has no need to sort.
    private static void WriteData(Utf8JsonWriter json, LoggedEvent logged)
    {
        switch (logged)
        {
            case { Entry: FactEntry fact }:
                WritePlace(json, logged);
                using (var data = JsonDocument.Parse(fact.Data))
                {
                    foreach (var member in data.RootElement.EnumerateObject())
                        member.WriteTo(json);
                }

                break;
            case { Entry: ErrorEntry error }:
                json.WriteString("code"u8, error.Code);
                json.WriteString("detail"u8, error.Detail);
                WritePlace(json, logged);
                json.WriteString("turn"u8, TurnId.Of(error.Turn));
                break;
            case { Message: { } message }:
                json.WriteString("role"u8, message.Role == MessageRole.User ? "user"u8 : "assistant"u8);
                WritePlace(json, logged);
                json.WriteString("turn"u8, TurnId.Of(message.Turn));
                if (logged.Entry is AssistantMessageEntry { Usage: { } usage })
                    WriteUsage(json, usage);
                break;
            default:
                WritePlace(json, logged);
                break;
        }
    }

    private static void WritePlace(Utf8JsonWriter json, LoggedEvent logged)
    {
        json.WriteNumber("seq"u8, logged.Seq);
        json.WriteString("session"u8, logged.Entry.Session);
    }

    private static void WriteUsage(Utf8JsonWriter json, ModelUsage usage)
    {
        json.WriteStartObject("usage"u8);
        // Decimal text, as all money on the wire.
        json.WriteString("costMicroUsd"u8, usage.CostMicroUsd.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("inputTokens"u8, usage.InputTokens);
        json.WriteNumber("outputTokens"u8, usage.OutputTokens);
        json.WriteEndObject();
    }

    private static string TypeOf(LoggedEvent logged) => logged switch
    {
        { Entry: FactEntry fact } => fact.Type,
        { Entry: ErrorEntry } => EventTypes.Error,
        { Message: not null } => EventTypes.Message,
        _ => EventTypes.MessageRemoved,
    };

    private static DateTimeOffset? TimeOf(LoggedEvent logged) => logged switch
    {
        { Entry: FactEntry fact } => fact.At,
        { Entry: ErrorEntry error } => error.At,
        _ => logged.Message?.At,
    };

    // The agent's own address at the gateway.
    private static string SourceOf(string agent) =>
        agent.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? $"/t/{agent.AsSpan(0, colon)}/agent/{agent.AsSpan(colon + 1)}" : agent;
}
