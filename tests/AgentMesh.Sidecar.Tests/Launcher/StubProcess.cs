using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

/// <summary>The app of tests/AgentMesh.Testing.StubApp as a process.</summary>
internal static class StubProcess
{
    public static string Dll => Path.Combine(AppContext.BaseDirectory, "AgentMesh.Testing.StubApp.dll");

    public static IReadOnlyList<string> Command => ["dotnet", "exec", Dll];

    public static ChildProcess Start(string appId, int port, TextWriter console, string mode = "")
    {
        var environment = new Dictionary<string, string>(AppEnvironment.Ours())
        {
            ["APP_ID"] = appId,
            ["APP_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["STUB_MODE"] = mode,
        };
        return ChildProcess.Start(Command, AppContext.BaseDirectory, environment, new LinePump("", console.WriteLine));
    }
}
