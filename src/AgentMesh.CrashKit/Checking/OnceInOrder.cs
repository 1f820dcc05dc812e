using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.CrashKit.Checking;

/// <summary>
/// Whether what was wanted is there: acknowledged once, unknown at most once, refused not at all, nothing that nobody wanted, and in the order in which
/// it was done, as far as clients know that: what was begun after another was acknowledged stands behind it.
/// </summary>
public static class OnceInOrder
{
    private const int MaxEvidence = 12;

    /// <summary>Holds what was found against what was wanted.</summary>
    /// <param name="agent">Whose agent.</param>
    /// <param name="intents">What was wanted there.</param>
    /// <param name="found">All that is there, in any order.</param>
    public static IReadOnlyList<Violation> Check(string agent, IReadOnlyCollection<Intent> intents, IReadOnlyCollection<Found> found)
    {
        ArgumentNullException.ThrowIfNull(intents);
        List<Violation> violations = [];
        var there = found.ToLookup(one => one.Content, StringComparer.Ordinal);
        var latest = intents.Where(intent => there.Contains(intent.Content)).Select(intent => (TimeSpan?)intent.Start).Max();
        List<(Intent Intent, Found Found)> placed = [];
        foreach (var same in intents.GroupBy(intent => intent.Content, StringComparer.Ordinal))
        {
            var (least, most, count) = (same.Sum(intent => intent.Least), same.Sum(intent => intent.Most), there[same.Key].Count());
            string[] evidence = [.. same.SelectMany(intent => intent.Evidence()).Concat(there[same.Key].Select(one => one.Line)).Take(MaxEvidence)];
            if (count < least)
                violations.Add(new Violation(ViolationKind.Lost, agent, FormattableString.Invariant($"acknowledged {least} times, there {count} times"), evidence) { IsOvertaken = same.First().DoneBy < latest });
            else if (count > most && most == 0)
                violations.Add(new Violation(ViolationKind.Wrong, agent, "refused, and there all the same", evidence));
            else if (count > most)
                violations.Add(new Violation(ViolationKind.Doubled, agent, FormattableString.Invariant($"wanted {most} times, there {count} times"), evidence));
            else if (count == 1 && same.Count() == 1)
                placed.Add((same.First(), there[same.Key].First()));
        }

        var wanted = intents.Select(intent => intent.Content).ToHashSet(StringComparer.Ordinal);
        violations.AddRange(found.Where(one => !wanted.Contains(one.Content)).Select(one => new Violation(ViolationKind.Wrong, agent, "nobody has sent this", [one.Line])));
        violations.AddRange(OutOfOrder(agent, placed));
        return violations;
    }

    private static IEnumerable<Violation> OutOfOrder(string agent, List<(Intent Intent, Found Found)> placed)
    {
        placed.Sort((one, other) => one.Found.Place.CompareTo(other.Found.Place));
        // From the end: of all that stands behind a thing, the one that was done first must not have been done before that thing was begun.
        (Intent Intent, Found Found)? earliest = null;
        for (var at = placed.Count - 1; at >= 0; at--)
        {
            var here = placed[at];
            if (earliest is { } behind && behind.Intent.DoneBy < here.Intent.Start)
            {
                yield return new Violation(
                    ViolationKind.Wrong, agent, "stands before what was acknowledged before it was begun",
                    [.. here.Intent.Evidence(), here.Found.Line, .. behind.Intent.Evidence(), behind.Found.Line]);
            }

            if (here.Intent.DoneBy is { } done && (earliest is null || done < earliest.Value.Intent.DoneBy))
                earliest = here;
        }
    }
}
