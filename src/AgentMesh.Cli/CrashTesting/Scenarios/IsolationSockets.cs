using System.Net;
using System.Net.WebSockets;
using AgentMesh.Cli.Canary;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Histories;

namespace AgentMesh.Cli.CrashTesting.Scenarios;

/// <summary>What one worker of <see cref="IsolationScenario"/> does with WebSockets: one of an owner at a time, which shows everything of its agent from the beginning, and attempts on others.</summary>
/// <param name="world">The mesh, and where all is noted.</param>
/// <param name="markers">What is looked for.</param>
/// <param name="tricks">Ways to another's agent.</param>
/// <param name="report">Is told what is wrong.</param>
/// <param name="through">Connections go through it.</param>
/// <param name="name">The worker's, in the history.</param>
internal sealed class IsolationSockets(
    CrashWorld world, MarkerBook markers, Tricks tricks, CanaryReport report, HttpMessageInvoker through, string name) : IAsyncDisposable
{
    /// <summary>A connection that is not there by then never will be: its gateway is paused.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private CanaryAgent? _owner;
    private CanarySocket? _socket;

    /// <summary>Tries another's agent, or sends by one's own socket, or has another owner's socket from now on.</summary>
    public async Task UseAsync(CanaryAgent me, CanaryAgent victim, Random random, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, world.Parts.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            switch (random.Next(3))
            {
                case 0:
                    await NoteAsync(me, "crossed socket", () => CanarySocket.CrossAsync(Gateway, me, Tricks.SocketOf(me, victim, random), report, through, either.Token));
                    break;
                case 1 when _socket is { IsClosed: false } socket:
                    await socket.SendAsync(tricks.Frame(_owner!, victim), either.Token);
                    break;
                default:
                    await DisposeAsync();
                    await NoteAsync(me, "socket", () => OpenAsync(me, either.Token));
                    break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Noted as unknown: it may be there, and nobody hears of it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket is { } socket)
            await socket.DisposeAsync();
        _socket = null;
    }

    private Uri Gateway => world.Mesh.Place.Gateway;

    private async Task<HttpStatusCode?> OpenAsync(CanaryAgent me, CancellationToken cancellationToken)
    {
        try
        {
            _socket = await CanarySocket.OpenAsync(Gateway, me, markers, report, through, cancellationToken);
            _owner = me;
            return HttpStatusCode.SwitchingProtocols;
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    private async Task NoteAsync(CanaryAgent me, string what, Func<Task<HttpStatusCode?>> act)
    {
        var number = world.History.Begin(name, me.Name, what, me.Path);
        var status = await act();
        world.History.End(
            number, status switch
            {
                HttpStatusCode.SwitchingProtocols or HttpStatusCode.OK => Outcome.Acknowledged,
                { } answered => CrashClient.OutcomeOf(new GatewayAnswer(answered, [], null)),
                null => Outcome.Lost,
            });
    }
}
