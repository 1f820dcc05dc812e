using System.Globalization;
using System.Net;
using System.Text.Json;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>What the launcher's ready file says of processes.</summary>
/// <param name="Gateways">Where gateways listen.</param>
/// <param name="SidecarPid">The launcher, which is the sidecar of all apps.</param>
/// <param name="Apps">The apps that work, one entry for each process.</param>
internal sealed record MeshProcesses(IReadOnlyList<DnsEndPoint> Gateways, int SidecarPid, IReadOnlyList<AppProcess> Apps)
{
    /// <summary>Reads it; null: it is not there.</summary>
    public static MeshProcesses? TryRead(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            return new MeshProcesses(
                [.. root.GetProperty("gateways").EnumerateArray().Select(gateway => new Uri(gateway.GetString()!)).Select(gateway => new DnsEndPoint(gateway.Host, gateway.Port))],
                root.GetProperty("sidecarPid").GetInt32(),
                [.. root.GetProperty("apps").EnumerateArray().Select(app => new AppProcess(app.GetProperty("id").GetString()!, app.GetProperty("pid").GetInt32(), app.GetProperty("appPort").GetInt32()))]);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Where an app listens; null: none of it works.</summary>
    public Uri? AddressOf(string id) => Apps.FirstOrDefault(app => app.Id == id) is { } found
        ? new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{found.Port}"))
        : null;
}

/// <summary>A process of an app.</summary>
/// <param name="Id">The app id.</param>
/// <param name="Pid">The process.</param>
/// <param name="Port">Where it listens.</param>
internal sealed record AppProcess(string Id, int Pid, int Port);
