namespace AgentMesh.Sidecar.Tests;

/// <summary>A folder with files for one test.</summary>
internal sealed class TestTree : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("agentmesh-test-").FullName;

    public string Write(string relativePath, string text)
    {
        var path = At(relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Folder(string relativePath) => Directory.CreateDirectory(At(relativePath)).FullName;

    public string At(string relativePath) => System.IO.Path.Combine(Path, relativePath);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
