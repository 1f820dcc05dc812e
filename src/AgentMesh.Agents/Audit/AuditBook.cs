using System.Collections.Immutable;
using AgentMesh.Agents.State;
using AgentMesh.Primitives;
using AgentMesh.Primitives.Audit;

namespace AgentMesh.Agents.Audit;

/// <summary>
/// The end of a tenant's audit chain, and the actions whose outcome is awaited. State key <c>audit</c>; not there before the first action. Stored in one
/// transaction with the page that a record is added to.
/// </summary>
/// <param name="Number">Number of the last record; 0: there is none.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Open">In the order they were begun; at most <see cref="AuditLimits.Open"/>.</param>
public sealed record AuditBook(long Number, string Hash, ImmutableArray<OpenAction> Open)
{
    /// <summary>No records.</summary>
    public static AuditBook Empty { get; } = new(0, AuditRecord.NoHash, []);

    /// <summary>Schema version of this record.</summary>
    public int V { get; init; } = StateVersions.AuditBook;

    /// <summary>Notes what somebody is about to do. The request's id makes a repeat the same action.</summary>
    /// <param name="tenant">Whose chain.</param>
    /// <param name="action">What.</param>
    /// <param name="now">The time.</param>
    /// <returns>The change, and the number of the intent. Refused with <c>too_many_admin_actions</c>.</returns>
    public Result<AuditChange> Begin(TenantId tenant, AdminAction action, DateTimeOffset now)
    {
        action.RequireTexts();
        if (Open.FirstOrDefault(open => open.Action.RequestId == action.RequestId) is { } earlier)
            return new AuditChange(this, null, earlier.Number);
        var open = Open.RemoveAll(one => one.At + AuditLimits.OpenFor <= now);
        if (open.Length >= AuditLimits.Open)
            return AuditRefusals.TooManyOpen;
        var record = Next(tenant, action, null, null, now);
        return Add(record, open.Add(new OpenAction(record.Number, record.At, action)), record.Number);
    }

    /// <summary>
    /// Notes what came of an action. One that no outcome is awaited of has one, and a repeat changes nothing; or it began more than an hour ago.
    /// </summary>
    /// <param name="tenant">Whose chain.</param>
    /// <param name="intent">The number of the action's intent.</param>
    /// <param name="target">What of, when more is known of it than before; null: as before.</param>
    /// <param name="outcome">The status or the refusal's code.</param>
    /// <param name="now">The time.</param>
    public AuditChange End(TenantId tenant, long intent, string? target, string outcome, DateTimeOffset now)
    {
        if (!AuditRecord.IsText(outcome) || (target is not null && !AuditRecord.IsText(target)))
            throw new ArgumentException("A text of an audit record is malformed.", nameof(outcome));
        if (Open.FirstOrDefault(open => open.Number == intent) is not { } begun)
            return new AuditChange(this, null, intent);
        var action = target is null ? begun.Action : begun.Action with { Target = target };
        return Add(Next(tenant, action, intent, outcome, now), Open.Remove(begun), intent);
    }

    /// <summary>The numbers of a part of the chain.</summary>
    /// <param name="after">Behind which number.</param>
    /// <param name="limit">How many.</param>
    /// <returns>First and last; the last is before the first when there are none. Refused with <c>invalid_limit</c>.</returns>
    public Result<AuditSpan> Span(long after, int limit) => limit is < 1 or > AuditLimits.ListLength
        ? AuditRefusals.InvalidLimit
        : new AuditSpan(Math.Clamp(after, 0, Number) + 1, Math.Min(Math.Clamp(after, 0, Number) + limit, Number));

    /// <inheritdoc/>
    public bool Equals(AuditBook? other) => other is not null && (Number, Hash) == (other.Number, other.Hash) && Open.SequenceEqual(other.Open);

    /// <inheritdoc/>
    public override int GetHashCode() => Number.GetHashCode();

    private AuditRecord Next(TenantId tenant, AdminAction action, long? intent, string? outcome, DateTimeOffset now) => new AuditRecord(
        Number + 1, now.WholeMilliseconds(), action.Caller, action.Action, action.Target, action.RequestId, intent, outcome, Hash, AuditRecord.NoHash).Sealed(tenant);

    private AuditChange Add(AuditRecord record, ImmutableArray<OpenAction> open, long intent) =>
        new(this with { Number = record.Number, Hash = record.Hash, Open = open }, record, intent);
}

/// <summary>An action whose outcome is awaited.</summary>
/// <param name="Number">The number of its intent.</param>
/// <param name="At">When it began.</param>
/// <param name="Action">What it is.</param>
public sealed record OpenAction(long Number, DateTimeOffset At, AdminAction Action);

/// <summary>What an admin does. Every text is one that <see cref="AuditRecord.IsText"/> lets through.</summary>
/// <param name="RequestId">The request's id.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Action">What for.</param>
/// <param name="Target">What of.</param>
public sealed record AdminAction(string RequestId, string Caller, string Action, string Target)
{
    /// <exception cref="ArgumentException">A text is none that may stand in a record: a fault of who sent it.</exception>
    internal void RequireTexts()
    {
        if (!AuditRecord.IsText(RequestId) || !AuditRecord.IsText(Caller) || !AuditRecord.IsText(Action) || !AuditRecord.IsText(Target))
            throw new ArgumentException("A text of an audit record is malformed.");
    }
}

/// <summary>Records to store, in one transaction.</summary>
/// <param name="Book">The book.</param>
/// <param name="Added">The record to add to its page; null: nothing has changed.</param>
/// <param name="Intent">The number of the action's intent.</param>
public sealed record AuditChange(AuditBook Book, AuditRecord? Added, long Intent);

/// <summary>A part of a chain.</summary>
/// <param name="First">Its first number.</param>
/// <param name="Last">Its last number; before the first: it is empty.</param>
public sealed record AuditSpan(long First, long Last);
