using System.Text.Json.Serialization;

namespace AgentMesh.Sidecar.Actors.Reminders;

/// <summary>A registered reminder and how far it has come, as it is stored.</summary>
internal sealed record Reminder
{
    /// <summary>Stands between the parts of a key; not allowed in types and names.</summary>
    public const string Separator = "||";

    public required string Type { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Another one for each registration: progress of an older registration is never written over a newer one.</summary>
    public required long Revision { get; init; }

    public required ReminderSchedule Schedule { get; init; }

    /// <summary>When the next tick is due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>Ticks so far, those given up included.</summary>
    public int Fired { get; init; }

    /// <summary>The due time as registered, counted from the registration; null: none was given.</summary>
    public TimeSpan? DueIn { get; init; }

    /// <summary>The ttl as registered; null: none.</summary>
    public TimeSpan? Ttl { get; init; }

    /// <summary>The JSON the actor gave; null: none.</summary>
    public string? Data { get; init; }

    public ReminderFailurePolicy FailurePolicy { get; init; } = ReminderFailurePolicy.Default;

    [JsonIgnore]
    public ActorRef Actor => new(Type, Id);

    [JsonIgnore]
    public string Key => KeyOf(Actor, Name);

    public static string KeyOf(ActorRef actor, string name) => $"{actor}{Separator}{name}";

    /// <summary>The parts of a key: a type has no separator, a name none and none at its start, an id may have one. Null for other texts.</summary>
    public static (ActorRef Actor, string Name)? ParseKey(string key)
    {
        var (first, last) = (key.IndexOf(Separator, StringComparison.Ordinal), key.LastIndexOf(Separator, StringComparison.Ordinal));
        return first < 0 || first == last
            ? null
            : (new ActorRef(key[..first], key[(first + Separator.Length)..last]), key[(last + Separator.Length)..]);
    }

    /// <summary>What is left when the tick that is due has been fired or given up; null: nothing.</summary>
    public Reminder? Next() => Schedule.Next(Due, Fired + 1) is { } next ? this with { Due = next, Fired = Fired + 1 } : null;
}

/// <summary>What happens when the app does not take a tick: it is offered again, and in the end given up.</summary>
/// <param name="Interval">Between two tries.</param>
/// <param name="MaxRetries">Tries after the first; null: without end.</param>
internal sealed record ReminderFailurePolicy(TimeSpan Interval, int? MaxRetries)
{
    /// <summary>dapr's scheduler: one second, three retries (cron:internal/scheduler/builder.go).</summary>
    public static readonly ReminderFailurePolicy Default = new(TimeSpan.FromSeconds(1), 3);

    /// <summary>No second try.</summary>
    public static readonly ReminderFailurePolicy Drop = new(TimeSpan.Zero, 0);
}

/// <summary>Reminders as they are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Reminder))]
internal sealed partial class ReminderJson : JsonSerializerContext;
