using System.Text.Json;

namespace AgentMesh.X402.Tests;

/// <summary>The vectors of <c>AgentMesh.Evm.Tests</c>: what another implementation says of the same inputs.</summary>
internal static class VectorFile
{
    private static JsonElement Root { get; } =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "evm.json"))).RootElement;

    public static JsonElement At(params string[] path) => path.Aggregate(Root, (element, name) => element.GetProperty(name));

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
