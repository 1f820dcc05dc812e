using AgentMesh.Cli.CrashTesting.Breaking;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>A promise, what is done to see it kept while things break, and how it is looked at afterwards. Made anew for each run.</summary>
internal interface IScenario : IAsyncDisposable
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>What is checked, in a sentence.</summary>
    string Promise { get; }

    /// <summary>What may be broken: app ids, <c>sidecar</c>, <c>store</c>, <c>network</c>.</summary>
    IReadOnlyCollection<string> Roles { get; }

    /// <summary>Proxies of its own, whose connections are cut and slowed with those of clients.</summary>
    IReadOnlyList<ChaosProxy> Doors => [];

    /// <summary>Settings of the apps that a mesh of its own has for it, <c>KEY=VALUE</c>. Asked for before the mesh is started.</summary>
    Task<IReadOnlyList<string>> PrepareAsync(CrashOptions options, CancellationToken cancellationToken);

    /// <summary>Load, until it is stopped. What is under way then is brought to an end, or left unknown.</summary>
    /// <param name="world">The mesh, its clients, and where all is noted.</param>
    /// <param name="stop">The load is over.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    Task LoadAsync(CrashWorld world, CancellationToken stop, CancellationToken cancellationToken);

    /// <summary>When nothing is broken any more: asks again for what is unknown and can be repeated, reads back, and holds all of it against the promise.</summary>
    Task<Findings> CheckAsync(CrashWorld world, CancellationToken cancellationToken);
}

/// <summary>What a check has found.</summary>
/// <param name="Checked">How many things were held against the promise.</param>
/// <param name="Violations">What is broken of it.</param>
/// <param name="IsFinal">Nothing is under way any more that could mend it.</param>
internal sealed record Findings(int Checked, IReadOnlyList<Violation> Violations, bool IsFinal = false);
