using AgentMesh.Cli.CrashTesting.Scenarios;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Histories;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.CrashTesting.Driving;

/// <summary>What is done when nothing is broken any more.</summary>
internal static class Settling
{
    /// <summary>A mesh that works has an answer to everything within this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private const int PageSize = 1000;
    private const int FirstTries = 3;

    /// <summary>A request with a key is taken, when nothing is broken any more, unless it comes too soon.</summary>
    public static bool IsSettled(Operation operation) =>
        operation.Outcome.Kind == OutcomeKind.Acknowledged || operation.Outcome is { Kind: OutcomeKind.Refused, Code: "rate_limited" or "too_many_turns" };

    /// <summary>What shows how it went with a key: the first tries, and the last one.</summary>
    public static IReadOnlyList<string> Evidence(CrashWorld world, Operation last)
    {
        var tries = world.History.Operations.Where(operation => operation.Key == last.Key).ToList();
        return [.. tries.Take(FirstTries).Select(operation => $"{operation}"), .. tries.Count > FirstTries ? [$"{tries.Count} tries, the last one:", $"{last}"] : Array.Empty<string>()];
    }

    /// <summary>Gives something as long as a mesh that works needs at most.</summary>
    /// <param name="world">The clock.</param>
    /// <param name="act">Is told when the time is up.</param>
    public static async Task<T> UntilKnownAsync<T>(CrashWorld world, Func<CancellationToken, Task<T>> act)
    {
        using var limit = new CancellationTokenSource(Patience, world.Parts.TimeProvider);
        return await act(limit.Token);
    }

    /// <summary>Reads a whole history, for as long as a mesh that works needs at most.</summary>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static async Task<Reading> ReadAsync(CrashWorld world, CrashClient reader, UserId user, CancellationToken cancellationToken)
    {
        var begun = world.History.Now;
        while (true)
        {
            if (await reader.ReadAsync($"{user}", user, PageSize, cancellationToken) is { } reading)
                return reading;
            if (world.History.Now - begun > Patience)
                throw new CliException($"the history of {user} cannot be read {Patience.TotalSeconds:0} s after nothing is broken any more");
            await Task.Delay(Pause, world.Parts.TimeProvider, cancellationToken);
        }
    }
}
