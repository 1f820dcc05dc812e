using System.Collections.Immutable;
using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Turns;

/// <summary>
/// The turns of an agent that are not over, by rising number. State key <c>turns</c>; not there while there are none, which the head knows, so
/// that a conversation with a responder that answers at once neither reads nor writes it.
/// </summary>
/// <param name="Open">The turns.</param>
public sealed record TurnTable(ImmutableArray<OpenTurn> Open)
{
    /// <summary>No turn.</summary>
    public static TurnTable Empty { get; } = new(ImmutableArray<OpenTurn>.Empty);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.TurnTable;

    /// <summary>The open turn of that number; null when there is none.</summary>
    public OpenTurn? Find(long turn) => Open.FirstOrDefault(open => open.Turn == turn);

    /// <summary>True when a turn of the session is not over.</summary>
    public bool IsBusy(string session) => Open.Any(turn => turn.Session == session);

    /// <summary>True when what becomes of its turns changes the ledger, or depends on it.</summary>
    [JsonIgnore]
    public bool NeedsLedger => Open.Any(turn => turn.Call > 0 || turn.Pause is not null);

    /// <summary>Turns that wait until there is budget: paused ones, and those behind them.</summary>
    internal int Paused => Open.Count(turn => turn.Pause is not null || turn.IsQueued && PausedIn(turn.Session) is not null);

    /// <summary>When time may let a paused turn go on; null: it will not.</summary>
    internal DateTimeOffset? NextResume => Open.Min(turn => turn.Pause?.TryAt);

    /// <summary>The paused turn of a session; null when there is none.</summary>
    internal OpenTurn? PausedIn(string session) => Open.FirstOrDefault(turn => turn.Session == session && turn.Pause is not null);

    internal TurnTable With(OpenTurn turn) => this with { Open = Open.Add(turn) };

    internal TurnTable Replace(OpenTurn turn) => this with { Open = [.. Open.Select(open => open.Turn == turn.Turn ? turn : open)] };

    internal TurnTable Without(OpenTurn turn) => this with { Open = Open.RemoveAll(open => open.Turn == turn.Turn) };

    /// <summary>Starts the first waiting turn of every session in which none runs.</summary>
    internal (TurnTable Table, ImmutableArray<TurnRun> Started) StartWaiting(TurnRules rules, DateTimeOffset now)
    {
        var table = this;
        var started = ImmutableArray.CreateBuilder<TurnRun>();
        foreach (var turn in Open)
        {
            if (!turn.IsQueued || table.Open.Any(other => other.Session == turn.Session && !other.IsQueued))
                continue;
            table = table.Replace(turn with { Attempt = 1, LeaseUntil = now + rules.Lease, Deadline = now + rules.Deadline });
            started.Add(new TurnRun(turn.Turn, 1));
        }

        return (table, started.ToImmutable());
    }
}
