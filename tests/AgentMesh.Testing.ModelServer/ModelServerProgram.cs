using System.Globalization;

namespace AgentMesh.Testing.ModelServer;

/// <summary>The server as a process.</summary>
internal static class ModelServerProgram
{
    private static async Task Main(string[] arguments)
    {
        var port = arguments.FirstOrDefault() ?? Environment.GetEnvironmentVariable("MODEL_PORT") ?? "0";
        await using var server = await FakeModelServer.StartAsync(int.Parse(port, CultureInfo.InvariantCulture));
        await Console.Out.WriteLineAsync($"listening {server.Address.AbsoluteUri.TrimEnd('/')}");
        await server.WaitForShutdownAsync();
    }
}
