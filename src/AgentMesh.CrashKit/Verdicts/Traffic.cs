using AgentMesh.CrashKit.Histories;

namespace AgentMesh.CrashKit.Verdicts;

/// <summary>How many requests there were, by their outcomes.</summary>
/// <param name="Acknowledged">Answered with success.</param>
/// <param name="Unknown">Not answered, or left open. Each try counts.</param>
/// <param name="Refused">Refused, by code.</param>
public sealed record Traffic(int Acknowledged, int Unknown, IReadOnlyDictionary<string, int> Refused)
{
    /// <summary>Counts them.</summary>
    public static Traffic Of(IEnumerable<Operation> operations)
    {
        var (acknowledged, unknown, refused) = (0, 0, new SortedDictionary<string, int>(StringComparer.Ordinal));
        foreach (var (kind, code) in operations.Select(operation => operation.Outcome))
        {
            acknowledged += kind == OutcomeKind.Acknowledged ? 1 : 0;
            unknown += kind == OutcomeKind.Unknown ? 1 : 0;
            if (kind == OutcomeKind.Refused)
                refused[code ?? ""] = refused.GetValueOrDefault(code ?? "") + 1;
        }

        return new Traffic(acknowledged, unknown, refused);
    }
}
