namespace AgentMesh.Sidecar.Launcher;

/// <summary>A process that a sidecar has started.</summary>
/// <param name="Pid">Its number, which the system gives to another process later.</param>
/// <param name="StartTime">Tells it from the next owner of the number: <see cref="ProcessIdentity.StartTimeOf"/>.</param>
/// <param name="AppId">The app it runs.</param>
internal sealed record StartedProcess(int Pid, string StartTime, string AppId);
