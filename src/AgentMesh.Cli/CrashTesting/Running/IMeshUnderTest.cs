using System.Net;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Chaos;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>A mesh that is broken and has to keep its promises.</summary>
internal interface IMeshUnderTest : IAsyncDisposable
{
    /// <summary>In whose name it is asked, and about which tenant. Where it is says <see cref="Gateways"/>.</summary>
    GatewayPlace Place { get; }

    /// <summary>Where its gateways listen now.</summary>
    IReadOnlyList<DnsEndPoint> Gateways { get; }

    /// <summary>Where the simulated facilitator is, of a mesh that has one; null: there is none.</summary>
    Uri? Facilitator { get; }

    /// <summary>How far its clock was moved.</summary>
    TimeSpan ClockOffset { get; }

    /// <summary>Its agents are thrown away with it.</summary>
    bool IsThrownAway { get; }

    /// <summary>Starts it, or looks whether it is there.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>What of it can be broken.</summary>
    /// <param name="roles">Of these.</param>
    IReadOnlyList<ChaosTarget> TargetsOf(IReadOnlyCollection<string> roles);

    /// <summary>Breaks something, and comes back when it is over or is being started again.</summary>
    /// <returns>What was done, for people; null: there was nothing to break.</returns>
    Task<string?> BreakAsync(ChaosStep step, CancellationToken cancellationToken);

    /// <summary>Waits until all of it works.</summary>
    /// <exception cref="Terminal.CliException">It does not come back.</exception>
    Task HealAsync(CancellationToken cancellationToken);

    /// <summary>Ends all that is in memory only, so that what is read back is what is stored: everything is killed and started anew, of a mesh of its own.</summary>
    Task ForgetAsync(CancellationToken cancellationToken);

    /// <summary>What is left of it to be looked at is kept.</summary>
    /// <returns>Where; null: nowhere.</returns>
    string? Keep();
}
