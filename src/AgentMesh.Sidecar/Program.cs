using AgentMesh.Sidecar.Launcher;

try
{
    return await CommandLine.InvokeAsync(args, Console.Out, Console.Error, RunCommand.RunAsync);
}
catch (LauncherException expected)
{
    await Console.Error.WriteLineAsync($"error: {expected.Message}");
    return expected.ExitCode;
}
