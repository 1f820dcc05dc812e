using System.Collections.Immutable;

namespace AgentMesh.Agents.DueWork;

/// <summary>
/// What was handed out and is not settled, so that two who sweep do not look at the same agents. Never stored: when it is lost an agent is looked
/// at twice, which changes nothing.
/// </summary>
public sealed record DueLeases
{
    /// <summary>Nothing is handed out.</summary>
    public static DueLeases Empty { get; } = new();

    private ImmutableDictionary<string, (DateTimeOffset At, DateTimeOffset Until)> Held { get; init; } =
        ImmutableDictionary.Create<string, (DateTimeOffset, DateTimeOffset)>(StringComparer.Ordinal);

    /// <summary>How many more may be handed out.</summary>
    public int Room => DueLimits.Leases - Held.Count;

    /// <summary>True while somebody has taken that entry. One that was noted anew since is another.</summary>
    public bool IsTaken(DueEntry entry, DateTimeOffset now) => Held.TryGetValue(entry.User, out var lease) && lease.At == entry.At && lease.Until > now;

    /// <summary>Without those whose time is over.</summary>
    public DueLeases Expire(DateTimeOffset now) => this with { Held = Held.RemoveRange(Held.Where(lease => lease.Value.Until <= now).Select(lease => lease.Key)) };

    /// <summary>Hands entries out.</summary>
    public DueLeases Take(IEnumerable<DueEntry> entries, DateTimeOffset now) =>
        this with { Held = Held.SetItems(entries.Select(entry => KeyValuePair.Create(entry.User, (entry.At, now + DueLimits.Lease)))) };

    /// <summary>Those users are settled.</summary>
    public DueLeases End(IEnumerable<string> users) => this with { Held = Held.RemoveRange(users) };
}
