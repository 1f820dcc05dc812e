namespace AgentMesh.Sidecar.Resources;

/// <summary>Where a log goes. A file is <c>{appDirPath}/.dapr/logs/{appID}_{app|daprd}_{yyyyMMddHHmmss}.log</c>.</summary>
internal enum LogDestination
{
    /// <summary>The console, which is the default here; the Dapr CLI's leaves files in the source folders.</summary>
    Console = 0,

    /// <summary>A file only.</summary>
    File = 1,

    /// <summary>Both.</summary>
    FileAndConsole = 2,
}
