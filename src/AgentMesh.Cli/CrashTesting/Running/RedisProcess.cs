using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>A Redis as the mesh recommends it (docs/redis.md): every write is on disk before its answer, and nothing is evicted.</summary>
/// <param name="folder">For its files.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisProcess(string folder, TimeProvider time) : IDisposable
{
    private const string Program = "redis-server";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly int _port = FreePort();
    private ChildProcess? _process;

    /// <summary>Where it listens, as the launcher wants it.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>This machine has one.</summary>
    public static bool IsThere => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(one => one.Length > 0 && File.Exists(Path.Combine(one, Program)));

    /// <summary>Starts it, and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
            "--maxmemory-policy", "noeviction",
        ];
        _process?.Dispose();
        _process = ChildProcess.Start(new ProcessStartInfo(Program, arguments), Path.Combine(folder, "redis.log"));
        var begun = time.GetTimestamp();
        while (!await AnswersAsync(cancellationToken))
        {
            if (_process.HasExited || time.GetElapsedTime(begun) > Patience)
                throw new CliException($"{Program} does not start:\n{_process.LastWords}");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Ends it.</summary>
    public Task StopAsync() => _process?.StopAsync(Patience, time) ?? Task.CompletedTask;

    public void Dispose() => _process?.Dispose();

    // It answers PING with +PONG only when it has read its files.
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
            await socket.SendAsync("PING\r\n"u8.ToArray(), cancellationToken);
            var answer = new byte[1];
            return await socket.ReceiveAsync(answer, cancellationToken) == 1 && answer[0] == '+';
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
