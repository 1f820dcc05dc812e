using System.Net;
using System.Net.Sockets;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class PortPlanTests : IDisposable
{
    private readonly PortReservations _reservations = new(new Random(1));

    [Fact]
    public void FreePorts_AreNeverHandedOutTwice_EvenAfterTheirRelease()
    {
        var ports = Enumerable.Range(0, 50).Select(_ =>
        {
            var port = _reservations.TakeFree();
            _reservations.Release(port);
            return port;
        }).ToList();
        Assert.Equal(50, ports.Distinct().Count());
    }

    [Fact]
    public void FreePorts_LieBelowTheOnesOfOutgoingConnections() => Assert.InRange(_reservations.TakeFree(), 20000, 32767);

    [Fact]
    public void HeldPort_IsRefusedToOthers_UntilItsRelease()
    {
        using var others = new PortReservations(new Random(1));
        var port = _reservations.TakeFree();
        Assert.False(others.TryTake(port));
        _reservations.Release(port);
        Assert.True(others.TryTake(port));
    }

    /// <summary>Nobody listens on it while its app is started again, and another run of the same choices must not have it then.</summary>
    [Fact]
    public void FreePort_IsNoOtherRuns_UntilTheRunIsOver()
    {
        var run = new PortReservations(new Random(7));
        using var others = new PortReservations(new Random(7));
        using var later = new PortReservations(new Random(7));
        var port = run.TakeFree();
        run.ReleaseAll();
        Assert.NotEqual(port, others.TakeFree());
        run.Dispose();
        Assert.Equal(port, later.TakeFree());
    }

    [Fact]
    public void RunFilesPorts_AreTheFirstReplicas_TheRestIsFree()
    {
        var (appPort, httpPort, metricsPort) = (Unused(), Unused(), Unused());
        var app = App("a") with { AppPort = appPort, DaprHttpPort = httpPort, MetricsPort = metricsPort };
        var ports = new PortPlan(_reservations, freePorts: false).Assign([(app, 2), (App("b"), 1)]);

        Assert.Equal((appPort, httpPort, metricsPort), (ports[0][0].App, ports[0][0].DaprHttp, ports[0][0].Metrics));
        Assert.Null(ports[1][0].App);
        int[] all = [.. ports.SelectMany(processes => processes).SelectMany(process => (int?[])[process.App, process.DaprHttp, process.DaprGrpc, process.Metrics]).OfType<int>()];
        Assert.Equal(11, all.Distinct().Count());
    }

    [Fact]
    public void FreePortsOption_IgnoresTheRunFile()
    {
        using var listener = Listen(out var taken);
        var ports = new PortPlan(_reservations, freePorts: true).Assign([(App("a") with { AppPort = taken, DaprGrpcPort = taken }, 1)]);
        Assert.DoesNotContain(taken, (int?[])[ports[0][0].App, ports[0][0].DaprGrpc]);
    }

    [Fact]
    public async Task PortInUse_NamesTheProcessAndTheWayOut()
    {
        using var console = new ConsoleRecorder();
        var port = Unused();
        using var stub = StubProcess.Start("squatter", port, console);
        await console.WaitForAsync("listening");

        var refused = Assert.Throws<LauncherException>(
            () => new PortPlan(_reservations, freePorts: false).Assign([(App("gateway") with { AppPort = port }, 1)]));
        stub.KillTree();
        await stub.Exited;

        var expected = $"port {port} (appPort of gateway) is in use by process {stub.Id} (dotnet AgentMesh.Testing.StubApp.dll); "
            + "end it, or let --free-ports choose other ports";
        Assert.Equal(expected, refused.Message);
    }

    [Fact]
    public void Dashboard_HasThePortGiven_OrAFreeOne_OrNone()
    {
        var port = Unused();
        Assert.Equal(port, new PortPlan(_reservations, freePorts: false).Dashboard(port));
        Assert.InRange(new PortPlan(_reservations, freePorts: true).Dashboard(null)!.Value, 20000, 32767);
        Assert.Null(new PortPlan(_reservations, freePorts: true).Dashboard(0));
    }

    [Fact]
    public void DashboardsPortInUse_NamesTheProcessAndTheWaysOut()
    {
        using var listener = Listen(out var port);
        var refused = Assert.Throws<LauncherException>(() => new PortPlan(_reservations, freePorts: false).Dashboard(port));
        Assert.StartsWith($"port {port} (the dashboard's) is in use by ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--dashboard-port", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnePortTwice_IsRefused()
    {
        var port = Unused();
        var refused = Assert.Throws<LauncherException>(() => new PortPlan(_reservations, freePorts: false).Assign(
            [(App("a") with { AppPort = port }, 1), (App("b") with { DaprHttpPort = port }, 1)]));
        Assert.Contains($"port {port} (daprHTTPPort of b) is in use by another app of this run file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForeignApp_MayListenAlready()
    {
        using var listener = Listen(out var port);
        var ports = new PortPlan(_reservations, freePorts: false).Assign([(App("debugged") with { AppPort = port, Command = [] }, 1)]);
        Assert.Equal(port, ports[0][0].App);
    }

    [Fact]
    public void Owner_IsNobody_WhenNobodyListens() => Assert.Null(PortOwner.Find(Unused()));

    [Fact]
    public void Owner_IsFoundOnIPv4AndAnyAddress()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        Assert.Equal(Environment.ProcessId, PortOwner.Find(((IPEndPoint)listener.LocalEndpoint).Port)?.ProcessId);
    }

    public void Dispose() => _reservations.Dispose();

    private static RunFileApp App(string id) => new(id, "/") { Command = ["x"] };

    private static int Unused()
    {
        using var finder = new PortReservations(Random.Shared);
        return finder.TakeFree();
    }

    private static TcpListener Listen(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }
}
