using System.Text.Json;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>The body of a reminder's or timer's registration.</summary>
internal sealed record ReminderRequest
{
    /// <summary>A policy that offers a tick for ever offers it no faster.</summary>
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>The JSON given; null: none.</summary>
    public string? Data { get; private init; }

    public string DueTime { get; private init; } = "";

    public string Period { get; private init; } = "";

    public string Ttl { get; private init; } = "";

    /// <summary>Timers only: the actor's method.</summary>
    public string Callback { get; private init; } = "";

    public bool Overwrite { get; private init; } = true;

    public ReminderFailurePolicy FailurePolicy { get; private init; } = ReminderFailurePolicy.Default;

    /// <exception cref="JsonException">Not JSON, or a field of the wrong kind.</exception>
    public static ReminderRequest Parse(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("the body is not an object");
        return new ReminderRequest
        {
            Data = root.TryGetProperty("data", out var data) && data.ValueKind != JsonValueKind.Null ? data.GetRawText() : null,
            DueTime = Text(root, "dueTime"),
            Period = Text(root, "period"),
            Ttl = Text(root, "ttl"),
            Callback = Text(root, "callback"),
            Overwrite = Find(root, "overwrite", "overwrite") is not { } overwrite || overwrite.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw new JsonException("overwrite is not a boolean"),
            },
            FailurePolicy = Find(root, "failure_policy", "failurePolicy") is { } policy ? ReadPolicy(policy) : ReminderFailurePolicy.Default,
        };
    }

    private static ReminderFailurePolicy ReadPolicy(JsonElement policy)
    {
        if (policy.ValueKind != JsonValueKind.Object)
            throw new JsonException("failure_policy is not an object");
        if (Find(policy, "drop", "drop") is not null)
            return ReminderFailurePolicy.Drop;
        if (Find(policy, "constant", "constant") is not { ValueKind: JsonValueKind.Object } constant)
            throw new JsonException("failure_policy has neither drop nor constant");

        var interval = TimeSpan.Zero;
        if (Text(constant, "interval") is { Length: > 0 } text && (!GoDuration.TryParse(text, out interval) || interval < TimeSpan.Zero))
            throw new JsonException($"failure_policy: {text} is not an interval");
        int? retries = null;
        if (Find(constant, "max_retries", "maxRetries") is { } number)
        {
            retries = number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var count) && count >= 0
                ? count
                : throw new JsonException("failure_policy: max_retries is not a count");
        }

        return new ReminderFailurePolicy(interval < ShortestInterval ? ShortestInterval : interval, retries);
    }

    private static JsonElement? Find(JsonElement element, string name, string otherName) =>
        (element.TryGetProperty(name, out var value) || element.TryGetProperty(otherName, out value)) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Text(JsonElement element, string name) => Find(element, name, name) switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => throw new JsonException($"{name} is not a string"),
    };
}
