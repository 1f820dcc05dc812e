namespace AgentMesh.Sidecar.Launcher;

/// <summary>Files that are written by rename: who reads one finds the old text or the new one, never a part.</summary>
internal static class WholeFile
{
    /// <summary>Without fsync: what is written here need not outlive a loss of power.</summary>
    public static void Write(string path, byte[] content)
    {
        File.WriteAllBytes(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }
}
