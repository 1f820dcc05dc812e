using System.Text.Json;

namespace AgentMesh.Evm.Tests;

/// <summary>Vectors made with viem 2, in <c>Vectors/</c>: what another implementation says of the same inputs.</summary>
internal static class VectorFile
{
    public static JsonElement TypedData { get; } = Load("typed-data.json").GetProperty("cases");

    private static JsonElement Root { get; } = Load("evm.json");

    /// <summary>The entries of a list as rows of a theory, each by its number: the names of tests stay short.</summary>
    public static TheoryData<int> Rows(params string[] path) => [.. Enumerable.Range(0, At(path).GetArrayLength())];

    public static JsonElement At(params string[] path) => path.Aggregate(Root, (element, name) => element.GetProperty(name));

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static byte[] Bytes(this JsonElement element, string name) => FromHex(element.Text(name));

    public static Bytes32 Word(this JsonElement element, string name) => Bytes32.Parse(element.Text(name));

    public static EvmAddress Address(this JsonElement element, string name) => EvmAddress.Parse(element.Text(name));

    public static byte[] FromHex(string text)
    {
        Assert.True(Hex.TryDecode(text, out var bytes));
        return bytes;
    }

    private static JsonElement Load(string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", file))).RootElement;
}
