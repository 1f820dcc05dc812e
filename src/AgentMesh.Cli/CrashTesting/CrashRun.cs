using System.Globalization;
using AgentMesh.Cli.CrashTesting.Breaking;
using AgentMesh.Cli.CrashTesting.Running;
using AgentMesh.Cli.CrashTesting.Scenarios;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Chaos;
using AgentMesh.CrashKit.Histories;
using AgentMesh.CrashKit.Seeds;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.Cli.CrashTesting;

/// <summary>One scenario after the other: each on a mesh of its own, or all on the one that there is.</summary>
/// <param name="options">What is done, and where.</param>
/// <param name="historyFile">Receives the histories as lines of JSON; null: nobody wants them.</param>
/// <param name="parts">The clock and the outputs.</param>
internal sealed class CrashRun(CrashOptions options, string? historyFile, CliParts parts)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Does all of it.</summary>
    public async Task<IReadOnlyList<Verdict>> RunAsync(CancellationToken cancellationToken)
    {
        List<Verdict> verdicts = [];
        foreach (var name in options.Scenarios)
            verdicts.Add(await RunAsync(ScenarioNames.Make(name), cancellationToken));
        return verdicts;
    }

    private async Task<Verdict> RunAsync(IScenario scenario, CancellationToken cancellationToken)
    {
        await using var disposed = scenario;
        var random = new SeededRandom(options.Seed).Fork(scenario.Name);
        var settings = await scenario.PrepareAsync(options, cancellationToken);
        await using IMeshUnderTest mesh = options.Own is { } own ? new OwnMesh(own, settings, parts) : new ForeignMesh(options.Foreign!, parts);
        await parts.Error.WriteLineAsync(mesh.IsThrownAway ? $"{scenario.Name}: a mesh of its own is started" : $"{scenario.Name}: on {mesh.Place.Gateway}");
        await mesh.StartAsync(cancellationToken);
        var plan = ChaosPlan.Make(random.Fork("chaos"), options.Time, mesh.TargetsOf(scenario.Roles));
        foreach (var step in plan)
            await parts.Error.WriteLineAsync($"plan: {step}");
        await using var proxy = new ChaosProxy(() => mesh.Gateways, random.Fork("slow"), parts.TimeProvider);
        // Its texts and keys are of no other run, of the same seed neither.
        var world = new CrashWorld(mesh, proxy, new History(parts.TimeProvider), random, parts.NewKey()[^8..], parts);
        try
        {
            var verdict = await RunAsync(scenario, world, plan, cancellationToken);
            if (!verdict.IsClean && mesh.Keep() is { } kept)
                await parts.Error.WriteLineAsync($"what is left of the mesh is in {kept}");
            return verdict;
        }
        finally
        {
            if (!mesh.IsThrownAway)
                await EraseAsync(world);
            world.Dispose();
            if (historyFile is not null)
                await File.AppendAllLinesAsync(historyFile, HistoryJson.Lines(scenario.Name, world.History), CancellationToken.None);
        }
    }

    private async Task<Verdict> RunAsync(IScenario scenario, CrashWorld world, IReadOnlyList<ChaosStep> plan, CancellationToken cancellationToken)
    {
        var chaos = new ChaosRun(plan, world.Mesh, [world.Proxy, .. scenario.Doors], world.History, parts);
        Findings findings;
        double seconds;
        try
        {
            seconds = await LoadAsync(scenario, world, chaos, cancellationToken);
            await parts.Error.WriteLineAsync($"{scenario.Name}: the load is over; {(world.Mesh.IsThrownAway ? "everything is killed, started anew," : "what was broken comes back,")} and read back");
            await world.Mesh.HealAsync(cancellationToken);
            await world.Mesh.ForgetAsync(cancellationToken);
            findings = await scenario.CheckAsync(world, cancellationToken);
        }
        catch (CliException fault)
        {
            // A mesh that does not come back has broken its promise too.
            seconds = world.History.Now.TotalSeconds;
            findings = new Findings(0, [new Violation(ViolationKind.Wrong, "the mesh", fault.Message, [.. world.History.Accidents.TakeLast(3).Select(accident => $"{accident}")])]);
        }

        return new Verdict(scenario.Name, scenario.Promise, seconds, Traffic.Of(world.History.Operations), chaos.Done, findings.Checked, findings.Violations);
    }

    private async Task<double> LoadAsync(IScenario scenario, CrashWorld world, ChaosRun chaos, CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource(options.Time, parts.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellationToken);
        // Whichever fails first ends the other.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = EndingAsync(scenario.LoadAsync(world, either.Token, failed.Token), failed);
        var breaking = EndingAsync(chaos.RunAsync(either.Token, failed.Token), failed);
        var both = Task.WhenAll(load, breaking);
        using (var progress = new ProgressBar(parts, scenario.Name, (long)options.Time.TotalSeconds))
        {
            while (!both.IsCompleted)
            {
                var note = string.Create(CultureInfo.InvariantCulture, $"{world.History.Acknowledged:N0} acknowledged, {world.History.Unknown:N0} unknown, {chaos.Last}");
                progress.Report((long)Math.Min(world.History.Now.TotalSeconds, options.Time.TotalSeconds), note);
                await Task.WhenAny(both, Task.Delay(Tick, parts.TimeProvider, failed.Token));
            }
        }

        await both;
        return Math.Min(world.History.Now.TotalSeconds, options.Time.TotalSeconds);
    }

    private static async Task EndingAsync(Task task, CancellationTokenSource other)
    {
        try
        {
            await task;
        }
        catch
        {
            await other.CancelAsync();
            throw;
        }
    }

    private async Task EraseAsync(CrashWorld world)
    {
        using var client = new GatewayClient(world.Mesh.Place, parts);
        foreach (var user in world.Users)
            await client.AskAsync(new GatewayRequest(HttpMethod.Delete, "", user) { CanRepeat = true }, CancellationToken.None);
    }
}
