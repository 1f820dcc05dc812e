using System.Collections.Immutable;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;

namespace AgentMesh.Agents.Tickets;

/// <summary>
/// The tickets that have opened a connection and have not expired yet, so that none opens a second one. State key <c>tickets</c>; not there before the first
/// one. Tickets that nobody uses are not stored anywhere.
/// </summary>
/// <param name="All">In the order they were used; at most <see cref="TicketLimits.Spent"/>.</param>
public sealed record SpentTickets(ImmutableArray<SpentTicket> All)
{
    /// <summary>No tickets.</summary>
    public static SpentTickets Empty { get; } = new([]);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.SpentTickets;

    /// <summary>
    /// Spends a ticket. One that has expired is not spent: whoever forgets it at the same moment at which it is refused has no time in between, whatever the
    /// clock of the gateway says.
    /// </summary>
    /// <param name="id">Which.</param>
    /// <param name="useId">What it is used for; the idempotency key of a repeat.</param>
    /// <param name="expiresAt">From then on it opens nothing.</param>
    /// <param name="now">The time.</param>
    /// <returns>The change. Refused with <c>too_many_tickets</c>.</returns>
    public Result<TicketSpending> Spend(string id, string useId, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        if (expiresAt <= now)
            return new TicketSpending(null, IsFirst: false);
        if (All.FirstOrDefault(ticket => ticket.Id == id) is { } earlier)
            return new TicketSpending(null, IsFirst: earlier.UseId == useId);
        ImmutableArray<SpentTicket> alive = [.. All.Where(ticket => ticket.ExpiresAt > now)];
        return alive.Length >= TicketLimits.Spent
            ? TicketRefusals.TooMany
            : new TicketSpending(this with { All = alive.Add(new SpentTicket(id, useId, expiresAt)) }, IsFirst: true);
    }

    /// <inheritdoc/>
    public bool Equals(SpentTickets? other) => other is not null && All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override int GetHashCode() => All.Length;
}

/// <summary>A ticket that was used.</summary>
/// <param name="Id">Which.</param>
/// <param name="UseId">What for.</param>
/// <param name="ExpiresAt">When it need not be known any more.</param>
public sealed record SpentTicket(string Id, string UseId, DateTimeOffset ExpiresAt);

/// <summary>What the use of a ticket comes to.</summary>
/// <param name="Tickets">The record to store; null: nothing has changed.</param>
/// <param name="IsFirst">This use is the one that the ticket is for.</param>
public sealed record TicketSpending(SpentTickets? Tickets, bool IsFirst);
