using System.Diagnostics;
using DotNet.Testcontainers.Builders;
using Testcontainers.Redis;

namespace AgentMesh.Testing;

/// <summary>
/// A real Redis for one test, set up as the mesh recommends (every write on disk before its answer, nothing evicted): a container where
/// Docker answers, else the <c>redis-server</c> on PATH.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The reason a test that got no server skips with.</summary>
    public const string WhyNot = "No Redis: Docker does not answer and redis-server is not on PATH.";

    private static readonly string[] Settings = ["--save", "", "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"];

    private readonly RedisContainer? _container;
    private readonly string? _folder;
    private readonly int _port;
    private Process? _process;

    private RedisServer(RedisContainer container, string endpoint)
    {
        _container = container;
        Endpoint = endpoint;
    }

    private RedisServer(int port)
    {
        _port = port;
        _folder = Directory.CreateTempSubdirectory("agentmesh-redis-").FullName;
        Endpoint = $"127.0.0.1:{port}";
    }

    /// <summary><c>HOST:PORT</c>.</summary>
    public string Endpoint { get; }

    /// <summary>Starts a server; null when this machine has neither Docker nor redis-server.</summary>
    public static async Task<RedisServer?> TryStartAsync(CancellationToken cancellationToken)
    {
        if (await TryStartContainerAsync(cancellationToken) is { } container)
            return container;
        if (FindOnPath("redis-server") is null)
            return null;
        var server = new RedisServer(LoopbackPort.Free());
        await server.StartProcessAsync(cancellationToken);
        return server;
    }

    /// <summary>SIGKILL, then a new process on the same port and files. Needs the binary; false for a container.</summary>
    public async Task<bool> TryRestartAsync(CancellationToken cancellationToken)
    {
        if (_process is null)
            return false;
        _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
        await StartProcessAsync(cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private static async Task<RedisServer?> TryStartContainerAsync(CancellationToken cancellationToken)
    {
        // Without an engine Testcontainers throws, and takes its time; the socket says it at once.
        if (!File.Exists("/var/run/docker.sock") && Environment.GetEnvironmentVariable("DOCKER_HOST") is null)
            return null;
        try
        {
            var container = new RedisBuilder("redis:7").WithCommand(Settings).Build();
            await container.StartAsync(cancellationToken);
            return new RedisServer(container, $"{container.Hostname}:{container.GetMappedPublicPort(RedisBuilder.RedisPort)}");
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }

    private static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder!, "--daemonize", "no", .. Settings])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        var output = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            output.Add(line);
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                // Read on, or the server blocks when the pipe is full.
                _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None).GetAwaiter();
                return;
            }
        }

        throw new InvalidOperationException("redis-server did not start:\n" + string.Join('\n', output));
    }
}
