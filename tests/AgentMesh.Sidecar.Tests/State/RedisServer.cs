using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace AgentMesh.Sidecar.Tests.State;

/// <summary>A real <c>redis-server</c> on a free loopback port with a folder of its own. Skips the test when the binary is not on PATH.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _settings;
    private Process? _process;

    public RedisServer()
        : this("--appendonly", "yes", "--appendfsync", "always")
    {
    }

    internal RedisServer(params string[] settings) => _settings = settings;

    public int Port { get; } = FreePort();

    internal static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask InitializeAsync()
    {
        if (IsInstalled)
            await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    /// <summary>Returns when it accepts connections.</summary>
    internal async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--dir", _folder.Path, .. _settings])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException("redis-server ended before it accepted connections.");
    }

    /// <summary>As kill -9 does.</summary>
    internal async Task KillAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    internal Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Port},allowAdmin=true");
}
