using System.Diagnostics;
using System.Net;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Chaos;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>A mesh that there is. What kills it is its operator's command.</summary>
/// <param name="options">Where it is, and the command.</param>
/// <param name="parts">The clock.</param>
internal sealed class ForeignMesh(ForeignMeshOptions options, CliParts parts) : IMeshUnderTest
{
    /// <summary>A cluster that has to pull an image takes its time.</summary>
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public GatewayPlace Place => options.Place;

    /// <inheritdoc/>
    public IReadOnlyList<DnsEndPoint> Gateways { get; } = [new(options.Place.Gateway.Host, options.Place.Gateway.Port)];

    /// <inheritdoc/>
    public Uri? Facilitator => null;

    /// <inheritdoc/>
    public TimeSpan ClockOffset => TimeSpan.Zero;

    /// <inheritdoc/>
    public bool IsThrownAway => false;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var client = new GatewayClient(options.Place, parts);
        await client.AskAsync(new GatewayRequest(HttpMethod.Get, "livez"), cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ChaosTarget> TargetsOf(IReadOnlyCollection<string> roles)
    {
        var recovery = TimeSpan.FromSeconds(5);
        ChaosTarget[] killed =
        [
            new("agents", [ChaosKind.Kill], 3, recovery), new("gateway", [ChaosKind.Kill], 2, recovery), new("payments", [ChaosKind.Kill], 2, recovery),
            new("store", [ChaosKind.Kill], 1, recovery),
        ];
        ChaosTarget network = new("network", [ChaosKind.Cut, ChaosKind.Cut, ChaosKind.Slow], 2, TimeSpan.Zero);
        return [.. (options.Kill is null ? [] : killed).Append(network).Where(target => roles.Contains(target.Role))];
    }

    /// <inheritdoc/>
    public async Task<string?> BreakAsync(ChaosStep step, CancellationToken cancellationToken)
    {
        // "$@" behind the command: a role is an argument, whatever the command is.
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"{options.Kill} \"$@\"", "kill", step.Role]) { WorkingDirectory = parts.CurrentFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CommandLimit);
        var complaint = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode == 0)
            return $"the command for {step.Role}";
        await parts.Error.WriteLineAsync($"the command ended with {process.ExitCode} for {step.Role}: {PlainText.Of((await complaint).Trim())}");
        return null;
    }

    /// <inheritdoc/>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        using var client = new GatewayClient(options.Place, parts);
        var begun = parts.TimeProvider.GetTimestamp();
        while (!(await client.SendAsync(new GatewayRequest(HttpMethod.Get, "readyz"), cancellationToken)).IsSuccess)
        {
            if (parts.TimeProvider.GetElapsedTime(begun) > Recovery)
                throw new CliException($"the mesh is not ready {Recovery.TotalSeconds:0} s after it was broken");
            await Task.Delay(Look, parts.TimeProvider, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task ForgetAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public string? Keep() => null;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
