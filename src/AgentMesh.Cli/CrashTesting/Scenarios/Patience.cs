using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>
/// Looks again while something is wrong that may still become right: what was broken goes on from what is stored, and some of that waits for a lease to end.
/// What was done twice stays so, and is told at once.
/// </summary>
internal static class Patience
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Looks until all is right, or cannot become so, or the time is over.</summary>
    /// <param name="lookAsync">Looks; null: it could not be read.</param>
    /// <param name="longest">How long.</param>
    /// <param name="parts">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CliException">It could not be read in all the time.</exception>
    public static async Task<Findings> LookAsync(Func<CancellationToken, Task<Findings?>> lookAsync, TimeSpan longest, CliParts parts, CancellationToken cancellationToken)
    {
        var begun = parts.TimeProvider.GetTimestamp();
        while (true)
        {
            var found = await lookAsync(cancellationToken);
            if (found is not null && (found.IsFinal || found.Violations.Count == 0))
                return found;
            // Nobody has to wait for the rest; nor is it told, because it may still become right.
            if (found?.Violations.Where(violation => violation.IsFinal).ToArray() is { Length: > 0 } final)
                return found with { Violations = final };
            if (parts.TimeProvider.GetElapsedTime(begun) > longest)
                return found ?? throw new CliException($"what there is cannot be read {longest.TotalSeconds:0} s after all was made to work again");
            await Task.Delay(Pause, parts.TimeProvider, cancellationToken);
        }
    }
}
