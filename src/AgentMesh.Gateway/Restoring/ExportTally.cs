using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Owner;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Restoring;

/// <summary>Counts the lines of an export by kind, what became of them, and whether all were there.</summary>
internal sealed class ExportTally
{
    /// <summary>What is not restored, and why.</summary>
    private static readonly Dictionary<string, string> LeftOut = new(StringComparer.Ordinal)
    {
        ["budget"] = "What may be spent is not a file's to say: the limits that are in force here stay, and what was spent stays counted.",
        ["summary"] = "A model writes it anew from the messages when it is needed.",
        ["inbox"] = "Mail is brought once; what was said about it is in the messages.",
        ["outbox"] = "What was sent once must not be sent again.",
        ["approval"] = "What a person allowed was for payments of that time.",
        ["payment"] = "Payments are accounts, kept by the mesh that made them, and are not made from a file.",
        ["event"] = "The log of what happened begins anew; messages keep their numbers.",
    };

    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly List<(string Kind, string Why)> _refused = [];

    /// <summary>By kind, of those that are restored.</summary>
    public IReadOnlyDictionary<string, int> Restored => _seen
        .Where(kind => kind.Key != "agent" && !LeftOut.ContainsKey(kind.Key))
        .ToDictionary(kind => kind.Key, kind => kind.Value - _refused.Count(one => one.Kind == kind.Key), StringComparer.Ordinal);

    public IReadOnlyList<NotRestored> NotRestored =>
    [
        .. _seen.Where(kind => LeftOut.ContainsKey(kind.Key)).Select(kind => new NotRestored(kind.Key, kind.Value, LeftOut[kind.Key])),
        .. _refused.GroupBy(one => one).Select(group => new NotRestored(group.Key.Kind, group.Count(), group.Key.Why)),
    ];

    public void Count(string kind) => _seen[kind] = Seen(kind) + 1;

    /// <summary>True for a kind that is left out on purpose.</summary>
    public static bool IsLeftOut(string kind) => LeftOut.ContainsKey(kind);

    /// <summary>A line that could not be restored.</summary>
    public void Refused(string kind, string why) => _refused.Add((kind, why));

    /// <summary>Holds the counts of the last line against the lines that were there.</summary>
    public Refusal? Check(ExportEnd end)
    {
        (string Kind, int Count)[] counts =
        [
            ("session", end.Sessions), ("message", end.Messages), ("schedule", end.Schedules), ("inbox", end.Inbox), ("outbox", end.Outbox), ("topic", end.Topics),
            ("approval", end.Approvals), ("payment", end.Payments), ("event", end.Events),
        ];
        foreach (var (kind, count) in counts)
        {
            if (Seen(kind) != count)
                return new Refusal(AgentRefusals.InvalidExport, $"{Seen(kind)} lines of the kind {kind} were there, and {count} are to be.");
        }

        return null;
    }

    private int Seen(string kind) => _seen.GetValueOrDefault(kind);
}
