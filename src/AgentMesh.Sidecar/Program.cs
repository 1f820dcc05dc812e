using AgentMesh.Sidecar.Daprd;
using AgentMesh.Sidecar.Launcher;

if (args is ["run", ..])
    OwnHeap.Ensure();
try
{
    if (DaprdCommand.Match(Environment.ProcessPath, args) is { } daprd)
        return await DaprdCommand.RunAsync(daprd);
    return await CommandLine.InvokeAsync(args, Console.Out, Console.Error, RunCommand.Verbs(ProgramParts.OfThisMachine()));
}
catch (LauncherException expected)
{
    await Console.Error.WriteLineAsync($"error: {expected.Message}");
    return expected.ExitCode;
}
