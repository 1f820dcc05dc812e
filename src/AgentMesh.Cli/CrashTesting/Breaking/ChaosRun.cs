using System.Globalization;
using AgentMesh.Cli.CrashTesting.Running;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Chaos;
using AgentMesh.CrashKit.Histories;

namespace AgentMesh.Cli.CrashTesting.Breaking;

/// <summary>Breaks what the plan says when it says so. What comes back late makes later steps late, and none is left out for that while there is time.</summary>
internal sealed class ChaosRun(IReadOnlyList<ChaosStep> plan, IMeshUnderTest mesh, IReadOnlyList<ChaosProxy> proxies, History history, CliParts parts)
{
    private readonly SortedDictionary<string, int> _done = new(StringComparer.Ordinal);

    /// <summary>How often what was broken.</summary>
    public IReadOnlyDictionary<string, int> Done => _done;

    /// <summary>What was broken last, for the progress bar.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Works until the plan is over, or it is stopped between two steps.</summary>
    /// <param name="stop">Ends it after the step that is under way.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        foreach (var step in plan)
        {
            var pause = step.At - history.Now;
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, parts.TimeProvider, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (stop.IsCancellationRequested)
                return;
            Last = $"{step.Kind.ToString().ToLowerInvariant()} {step.Role}";
            if (await DoAsync(step, cancellationToken) is not { } what)
                continue;
            history.Break(what);
            _done[ChaosNames.Of(step.Kind)] = _done.GetValueOrDefault(ChaosNames.Of(step.Kind)) + 1;
        }
    }

    private async Task<string?> DoAsync(ChaosStep step, CancellationToken cancellationToken)
    {
        switch (step.Kind)
        {
            case ChaosKind.Cut:
                return string.Create(CultureInfo.InvariantCulture, $"{proxies.Sum(proxy => proxy.Cut())} connections cut");
            case ChaosKind.Slow:
                foreach (var proxy in proxies)
                    proxy.IsSlow = true;
                await Task.Delay(step.For, parts.TimeProvider, cancellationToken);
                foreach (var proxy in proxies)
                    proxy.IsSlow = false;
                return string.Create(CultureInfo.InvariantCulture, $"connections slow for {step.For.TotalSeconds:0.0} s");
            default:
                return await mesh.BreakAsync(step, cancellationToken);
        }
    }
}
