using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentMesh.Sidecar.Runtime;
using AgentMesh.Sidecar.StateApi;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>The body of a reminder's or timer's registration.</summary>
internal sealed record ReminderRequest
{
    /// <summary>A policy that offers a tick for ever offers it no faster.</summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    [JsonPropertyName("data"), JsonConverter(typeof(RawJson))]
    public byte[]? RawData { get; init; }

    /// <summary>The JSON given; null: none.</summary>
    [JsonIgnore]
    public string? Data => RawData is null ? null : Encoding.UTF8.GetString(RawData);

    public string DueTime { get; init => field = value ?? ""; } = "";

    public string Period { get; init => field = value ?? ""; } = "";

    public string Ttl { get; init => field = value ?? ""; } = "";

    /// <summary>Timers only: the actor's method.</summary>
    public string Callback { get; init => field = value ?? ""; } = "";

    /// <summary>Null: true.</summary>
    public bool? Overwrite { get; init; }

    [JsonPropertyName("failure_policy")]
    public FailurePolicyBody? Policy { get; init; }

    [JsonPropertyName("failurePolicy")]
    public FailurePolicyBody? CamelPolicy { get; init; }

    [JsonIgnore]
    public ReminderFailurePolicy FailurePolicy { get; private init; } = ReminderFailurePolicy.Default;

    /// <exception cref="JsonException">Not JSON, or a field of the wrong kind.</exception>
    public static ReminderRequest Parse(byte[] body)
    {
        var request = JsonSerializer.Deserialize(body, ReminderRequestJson.Default.ReminderRequest) ?? throw new JsonException("the body is not an object");
        return (request.Policy ?? request.CamelPolicy) is { } policy ? request with { FailurePolicy = Read(policy) } : request;
    }

    private static ReminderFailurePolicy Read(FailurePolicyBody policy)
    {
        if (policy.Drop is not null)
            return ReminderFailurePolicy.Drop;
        if (policy.Constant is not { } constant)
            throw new JsonException("failure_policy has neither drop nor constant");
        var interval = TimeSpan.Zero;
        if (constant.Interval is { Length: > 0 } text && (!GoDuration.TryParse(text, out interval) || interval < TimeSpan.Zero))
            throw new JsonException($"failure_policy: {text} is not an interval");
        var retries = constant.MaxRetries ?? constant.CamelMaxRetries;
        return retries < 0
            ? throw new JsonException("failure_policy: max_retries is not a count")
            : new ReminderFailurePolicy(interval < ShortestInterval ? ShortestInterval : interval, retries);
    }
}

/// <summary>One of the two.</summary>
internal sealed record FailurePolicyBody(IReadOnlyDictionary<string, JsonElement>? Drop, ConstantPolicyBody? Constant);

internal sealed record ConstantPolicyBody(
    string? Interval, [property: JsonPropertyName("max_retries")] int? MaxRetries, [property: JsonPropertyName("maxRetries")] int? CamelMaxRetries);

/// <summary>Registrations as they come.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReminderRequest))]
internal sealed partial class ReminderRequestJson : JsonSerializerContext;
