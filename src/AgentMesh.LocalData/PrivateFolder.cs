namespace AgentMesh.LocalData;

/// <summary>Folders that only their user can look into.</summary>
public static class PrivateFolder
{
    /// <summary>Makes the folder, and those above it, where they are not there.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
