using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using AgentMesh.Agents.Mail;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;

namespace AgentMesh.ActorHost.Mail;

/// <summary>A message of an outside service, as it comes over pub/sub: its mailbox, and what that one is to send.</summary>
/// <param name="From">The service's own mailbox.</param>
/// <param name="Request">To be sent by it. Its key is of the event, so a repeat of the event sends nothing.</param>
internal sealed record InboundMail(AgentKey From, SendMail Request)
{
    private static readonly Refusal NotJson = MailRefusals.InvalidMail("the event is a CloudEvent in JSON, with an id, a source, and data that is a JSON object");

    private static readonly Refusal NoSender = MailRefusals.InvalidMail("from is the name of a user");

    /// <summary>Reads an event as Dapr delivers it. What only the agent can tell is left to it.</summary>
    /// <param name="body">The CloudEvent.</param>
    /// <param name="tenant">Whose agents are meant where no tenant is named.</param>
    public static Result<InboundMail> Read(in ReadOnlySequence<byte> body, TenantId tenant)
    {
        var bytes = body.IsSingleSegment ? body.First : body.ToArray();
        // The JSON reader looks at the bytes of strings only when they are used; two readers must not disagree about an event.
        if (!Utf8.IsValid(bytes.Span))
            return NotJson;
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, InboundJson.Strict.InboundEvent) is { Id: { Length: > 0 } id, Source: { Length: > 0 } source, Data: { } data }
                ? Read(KeyOf(source, id), data, tenant)
                : NotJson;
        }
        catch (JsonException)
        {
            return NotJson;
        }
    }

    /// <summary>What an event is called in logs: its id as far as it is plain, else nothing that others have written.</summary>
    public static string NameOf(in ReadOnlySequence<byte> body)
    {
        try
        {
            var id = JsonSerializer.Deserialize((body.IsSingleSegment ? body.First : body.ToArray()).Span, InboundJson.Strict.InboundName)?.Id;
            return id is { Length: >= 1 and <= 128 } && !id.AsSpan().ContainsAnyExceptInRange('!', '~') ? id : "?";
        }
        catch (JsonException)
        {
            return "?";
        }
    }

    private static Result<InboundMail> Read(string key, InboundData data, TenantId tenant)
    {
        if (!UserId.TryParse(data.From, out var from))
            return NoSender;
        string[]? to = data.To switch
        {
            { ValueKind: JsonValueKind.String } one => [one.Deserialize(InboundJson.Strict.String)!],
            { ValueKind: JsonValueKind.Array } list => list.Deserialize(InboundJson.Strict.StringArray),
            _ => null,
        };
        if (to is null || to.Any(receiver => receiver is null))
            return MailRefusals.InvalidRecipient;
        var receivers = to.Select(receiver => UserId.TryParse(receiver, out var user) ? new AgentKey(tenant, user).ToString() : receiver);
        return new InboundMail(new AgentKey(tenant, from), new SendMail(key, key, [.. receivers], data.Content ?? "", data.DeadlineSeconds));
    }

    /// <summary>Source and id name an event (CloudEvents 1.0, "id"); the length tells where the one ends.</summary>
    private static string KeyOf(string source, string id) => "in-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Length} {source}{id}")));
}

/// <summary>A CloudEvent; what else it has is not looked at.</summary>
/// <param name="Id">Its id at its source.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Data">The message.</param>
internal sealed record InboundEvent(string? Id, string? Source, InboundData? Data);

/// <summary>The same, of an event whose data is none.</summary>
/// <param name="Id">Its id at its source.</param>
internal sealed record InboundName(string? Id);

/// <summary>The message.</summary>
/// <param name="From">The service.</param>
/// <param name="To">A receiver, or several.</param>
/// <param name="Content">The text.</param>
/// <param name="DeadlineSeconds">How long it may be under way; null: 24 hours.</param>
internal sealed record InboundData(string? From, JsonElement? To, string? Content, int? DeadlineSeconds);

/// <summary>How events are read: exact names, no member twice, few levels, as request bodies are.</summary>
[JsonSerializable(typeof(InboundEvent))]
[JsonSerializable(typeof(InboundName))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class InboundJson : JsonSerializerContext
{
    private const int MaxDepth = 32;

    /// <summary>For events.</summary>
    public static InboundJson Strict { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = MaxDepth,
        AllowDuplicateProperties = false,
    });
}
