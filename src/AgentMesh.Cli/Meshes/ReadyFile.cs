using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Meshes;

/// <summary>The file in which the launcher says where everything is.</summary>
internal static class ReadyFile
{
    private const string FacilitatorApp = "facilitator";

    /// <summary>Reads it.</summary>
    /// <exception cref="CliException">It is not there, or is none.</exception>
    public static MeshPlace Read(string path)
    {
        if (!File.Exists(path))
            throw new CliException($"the ready file {path} is not there: the mesh is not up, or was started with another --ready-file", ExitCodes.Usage);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var gateway = new Uri(json.RootElement.GetProperty("gateway").GetString()!);
            int? port = null;
            foreach (var app in json.RootElement.GetProperty("apps").EnumerateArray())
            {
                if (app.GetProperty("id").GetString() == FacilitatorApp)
                    port = app.GetProperty("appPort").GetInt32();
            }

            var facilitator = port is null ? null : new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
            return new MeshPlace(gateway, facilitator, facilitator is not null);
        }
        catch (Exception damage) when (damage is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            throw new CliException($"{path} is not a ready file of a mesh", ExitCodes.Usage);
        }
    }
}
