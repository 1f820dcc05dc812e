namespace AgentMesh.Primitives.Audit;

/// <summary>
/// Checks a chain record by record, in order. It begins with record 1, or behind a head that is known to be good; that head has to be in the chain, so that
/// a tail which was cut off is found when the head is younger than the cut.
/// </summary>
/// <param name="tenant">Whose chain.</param>
/// <param name="known">A head that was seen before; null: none.</param>
public sealed class AuditVerifier(TenantId tenant, AuditHead? known)
{
    private readonly HashSet<long> _open = [];
    private AuditHead? _head;

    /// <summary>Records that were good.</summary>
    public long Count { get; private set; }

    /// <summary>The last good record.</summary>
    public AuditHead Head => _head ?? AuditHead.Empty;

    /// <summary>Intents without an outcome: under way, or cut off, and what came of them is not known.</summary>
    public int Open => _open.Count;

    /// <summary>Checks the next record.</summary>
    /// <returns>What is wrong with it, as a clause; null: it is good.</returns>
    public string? Check(AuditRecord record)
    {
        // An export that begins in the midst is worth something only from a head on that was seen before.
        var before = _head ?? (known is { } start && record.Number == start.Number + 1 ? start : AuditHead.Empty);
        var wrong = record.Number != before.Number + 1 ? $"its number is {record.Number}: records are missing or out of order"
            : record.Previous != before.Hash ? "it does not follow on the record before it"
            : !record.IsWellFormed ? "a member of it is malformed"
            : record.Sealed(tenant).Hash != record.Hash ? "its hash is not that of what it says"
            : known is { } seen && record.Number == seen.Number && record.Hash != seen.Hash ? "its hash is another one than the head's that was seen before"
            : null;
        if (wrong is not null)
            return wrong;
        if (record.Intent is null)
            _open.Add(record.Number);
        // The intent of an outcome may be from before the known head.
        else if (!_open.Remove(record.Intent.Value) && record.Intent > before.Number - Count)
            return "it is the outcome of no intent that waits for one";
        _head = new AuditHead(record.Number, record.Hash);
        Count++;
        return null;
    }

    /// <summary>Checks the end.</summary>
    /// <param name="last">The head as its keeper says it; null: they say none.</param>
    /// <returns>What is wrong, as a clause; null: it is good.</returns>
    public string? CheckEnd(AuditHead? last)
    {
        // Before the first record is a place in every chain; a chain of which nothing is new ends at the known head.
        var end = _head ?? (known is { } start && last == known ? start : AuditHead.Empty);
        return known is { } seen && seen.Number > end.Number ? $"the chain ends at {end.Number}, before the head {seen.Number} that was seen before: its end was cut off"
            : last is { } said && said != end ? $"the chain ends at {end}, and its keeper says {said}"
            : null;
    }
}
