using AgentMesh.Sidecar.Launcher;

try
{
    return await CommandLine.InvokeAsync(args, Console.Out, Console.Error, RunCommand.Verbs);
}
catch (LauncherException expected)
{
    await Console.Error.WriteLineAsync($"error: {expected.Message}");
    return expected.ExitCode;
}
