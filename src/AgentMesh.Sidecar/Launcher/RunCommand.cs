namespace AgentMesh.Sidecar.Launcher;

/// <summary>The commands on this machine.</summary>
internal static class RunCommand
{
    /// <summary>All commands.</summary>
    public static CommandVerbs Verbs(ProgramParts parts) => new(
        options => RunAsync(options, parts),
        options => new StopCommand(parts.Registry, parts.Console, Console.Error, parts.TimeProvider).RunAsync(options, parts.CurrentFolder),
        json => new ListCommand(parts.Registry, parts.Console, parts.TimeProvider).RunAsync(json));

    /// <summary>Runs until a signal asks to stop. Returns the exit code.</summary>
    private static async Task<int> RunAsync(RunOptions options, ProgramParts parts)
    {
        using var stop = StopRequest.OfSignals();
        return await new MeshRun(options, parts).RunAsync(stop);
    }
}
