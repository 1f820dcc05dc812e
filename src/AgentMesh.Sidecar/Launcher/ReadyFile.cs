using System.Text.Json;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>
/// Tells scripts and tests where everything is. Written by rename, so that a reader sees a whole file or none; there from the moment all
/// apps are healthy until the stop.
/// </summary>
/// <param name="path">Absolute.</param>
internal sealed class ReadyFile(string path)
{
    /// <summary>Removes what an earlier run left.</summary>
    public void Delete()
    {
        // Without the folder there is nothing to remove, and File.Delete would say so by throwing.
        if (File.Exists(path)) File.Delete(path);
    }

    /// <summary>Removes what an earlier run left, but not the file of a sidecar that is still running.</summary>
    public void DeleteUnlessInUse()
    {
        if (!IsInUse()) Delete();
    }

    /// <summary>Writes the state of this moment. An app process that is not healthy is left out.</summary>
    /// <param name="apps">All processes.</param>
    /// <param name="dashboard">Its address; empty: there is none.</param>
    /// <param name="store">The store's description.</param>
    /// <param name="sidecarProcessId">Ours.</param>
    public void Write(IEnumerable<(AppLaunch Launch, int? HealthyProcessId)> apps, string dashboard, string store, int sidecarProcessId)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{sidecarProcessId}");
        File.WriteAllBytes(draft, Content([.. apps], dashboard, store, sidecarProcessId));
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>The processes whose address is the mesh's: those of the app <c>gateway</c>, else of the first app that listens.</summary>
    public static IReadOnlyList<AppLaunch> Gateways(IReadOnlyList<AppLaunch> launches)
    {
        var listening = launches.Where(launch => launch.Listens).ToList();
        var gateway = listening.Find(launch => launch.App.AppId == "gateway") ?? listening.FirstOrDefault();
        return [.. listening.Where(launch => launch.App.AppId == gateway?.App.AppId)];
    }

    private bool IsInUse()
    {
        if (!File.Exists(path)) return false;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var writer = json.RootElement.GetProperty("sidecarPid").GetInt32();
            // In a container every run may have the same id: our own says nothing.
            return writer != Environment.ProcessId && ProcessIdentity.StartTimeOf(writer) is not null;
        }
        catch (Exception stale) when (stale is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Not a file of ours.
            return false;
        }
    }

    private static byte[] Content(List<(AppLaunch Launch, int? HealthyProcessId)> apps, string dashboard, string store, int sidecarProcessId)
    {
        // Ports outlive their processes: the addresses stay the same while a gateway is being started again.
        var gateways = Gateways([.. apps.Select(app => app.Launch)]).Select(launch => launch.Address).ToList();
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            gateway = gateways.FirstOrDefault() ?? "",
            gateways,
            dashboard,
            store,
            sidecarPid = sidecarProcessId,
            apps = from app in apps
                   where app.HealthyProcessId is not null
                   let definition = app.Launch.Definition
                   select new { id = definition.AppId, pid = app.HealthyProcessId, appPort = definition.AppPort, daprHttpPort = definition.DaprHttpPort, daprGrpcPort = definition.DaprGrpcPort },
        });
    }
}
