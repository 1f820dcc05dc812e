using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>Whether all answers to one request and its repeats say the same.</summary>
public static class Repeats
{
    /// <summary>Holds the answers of each intent against each other.</summary>
    /// <param name="agent">Whose agent.</param>
    /// <param name="intents">What was wanted.</param>
    public static IReadOnlyList<Violation> Check(string agent, IEnumerable<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        return [.. from intent in intents
                   from part in intent.Acknowledged.SelectMany(operation => operation.Answer).GroupBy(part => part.Key, part => part.Value, StringComparer.Ordinal)
                   let values = part.Distinct(StringComparer.Ordinal).ToArray()
                   where values.Length > 1
                   select new Violation(ViolationKind.Wrong, agent, $"repeats do not agree on {part.Key}: {string.Join(" and ", values)}", [.. intent.Evidence()])];
    }
}
