using System.Net;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Canary;

/// <summary>
/// The canary: tenants with agents of their own, whose owners do what owners do, and try what they must not. Whatever anybody is shown is held against the
/// markers of all others.
/// </summary>
internal sealed class CanaryRun(CanaryOptions options, IReadOnlyList<CanaryAgent> agents, MarkerBook markers, CliParts parts)
{
    private readonly CanaryReport _report = new();
    private readonly OwnOperations _own = new(markers, agents);
    private readonly Tricks _tricks = new(markers);
    private readonly List<CanarySocket> _sockets = [];
    private int _next;

    /// <summary>Does all of it.</summary>
    /// <returns>The report.</returns>
    public async Task<CanaryReport> RunAsync(CancellationToken cancellationToken)
    {
        using var http = new CanaryHttp(options.Gateways, markers, _report);
        foreach (var agent in agents)
        {
            // Each is there before anybody tries it.
            var marker = markers.New(agent);
            var begun = await http.SendAsync(new CanaryRequest("message", agent, HttpMethod.Post, agent.Path + "/message", OwnOperations.Write(("content", marker))), cancellationToken);
            if (begun is not (HttpStatusCode.OK, _))
                throw new CliException($"{agent.Name} does not take a message: {(begun is (var status, _) ? $"{(int)status}" : _report.LastFault)}");
            agent.Acknowledged.Add(marker);
            _sockets.Add(await CanarySocket.OpenAsync(http.NextGateway(), agent, markers, _report, null, cancellationToken));
        }

        using (var progress = new ProgressBar(parts, "canary", options.Operations))
            await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(worker => WorkAsync(http, new Random(options.Seed + worker), progress, cancellationToken)));
        await SweepAsync(http, cancellationToken);
        foreach (var socket in _sockets)
            await socket.DisposeAsync();
        foreach (var log in options.Logs)
            await ReadLogAsync(log, cancellationToken);
        await parts.Output.WriteLineAsync(_report.Text(
            agents.Count, agents.Select(agent => agent.Tenant).Distinct().Count(), options.Gateways.Count, _sockets.Count, agents.Sum(agent => agent.Acknowledged.Count)));
        return _report;
    }

    private async Task WorkAsync(CanaryHttp http, Random random, ProgressBar progress, CancellationToken cancellationToken)
    {
        while (Interlocked.Increment(ref _next) <= options.Operations)
        {
            var me = random.Next(agents.Count);
            var victim = agents[(me + 1 + random.Next(agents.Count - 1)) % agents.Count];
            var canBeRefused = agents[me].Token is not null;
            Task operation = random.Next(20) switch
            {
                < 2 => _sockets[me].SendAsync(_tricks.Frame(agents[me], victim), cancellationToken),
                < 3 when canBeRefused => CanarySocket.CrossAsync(http.NextGateway(), agents[me], Tricks.SocketOf(agents[me], victim, random), _report, null, cancellationToken),
                < 9 when canBeRefused => http.SendAsync(_tricks.Next(agents[me], victim, random), cancellationToken),
                _ => http.SendAsync(_own.Next(agents[me], random), cancellationToken),
            };
            await operation;
            progress.Report(Math.Min(Volatile.Read(ref _next), options.Operations));
        }
    }

    /// <summary>Everything that each agent has, once more: whatever was put into a foreign agent is there now, and nothing of what was acknowledged is missing.</summary>
    private async Task SweepAsync(CanaryHttp http, CancellationToken cancellationToken)
    {
        foreach (var agent in agents)
        {
            if (await http.SendAsync(new CanaryRequest("last export", agent, HttpMethod.Get, agent.Path + "/export"), cancellationToken) is not (HttpStatusCode.OK, var text))
            {
                _report.Fail($"{agent.Name} cannot be exported in the end");
                continue;
            }

            foreach (var marker in agent.Acknowledged.Where(marker => !text.Contains(marker, StringComparison.Ordinal)))
                _report.Lost($"{agent.Name} has acknowledged a message with {marker}, and it is not in its export");
        }
    }

    private async Task ReadLogAsync(string path, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            _report.Logged();
            foreach (var marker in markers.ForeignIn(line, null))
                _report.Foreign(path, marker, $"{markers.ReadersOf(marker)}, and for no log");
        }
    }
}
