namespace AgentMesh.Sidecar.Launcher;

/// <summary>The data folder cannot be used; the message says why and what to do, and is shown to the user as it is.</summary>
internal sealed class DataFolderException : Exception
{
    public DataFolderException(string message)
        : base(message)
    {
    }

    public DataFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
