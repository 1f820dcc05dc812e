using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>Builds apps whose output is missing or older than their sources, one after the other.</summary>
/// <param name="console">One line per build, and the compiler's output when it fails.</param>
/// <param name="environment">Our own environment.</param>
/// <param name="timeProvider">Times the builds.</param>
internal sealed class AppBuild(TextWriter console, IReadOnlyDictionary<string, string> environment, TimeProvider timeProvider)
{
    // `dotnet run` says which dotnet it is; it may not be the one on the PATH.
    private const string DotnetVariable = "DOTNET_HOST_PATH";

    /// <summary>Builds what needs it.</summary>
    /// <param name="apps">The apps of the run file.</param>
    /// <param name="noBuild">Only check that the output is there.</param>
    /// <param name="cancellationToken">Ends a running build.</param>
    public async Task RunAsync(IEnumerable<RunFileApp> apps, bool noBuild, CancellationToken cancellationToken)
    {
        foreach (var project in apps.Select(AppProject.Of).OfType<AppProject>().DistinctBy(project => project.Output))
        {
            if (noBuild && !project.OutputExists)
                throw new LauncherException($"{project.AppId} is not built: {project.Output} does not exist; start without --no-build");
            if (!noBuild && project.IsStale()) await BuildAsync(project, cancellationToken);
        }
    }

    private async Task BuildAsync(AppProject project, CancellationToken cancellationToken)
    {
        var name = Path.GetFileNameWithoutExtension(project.ProjectFile);
        await console.WriteLineAsync($"building {name} ({project.Configuration})");
        var started = timeProvider.GetUtcNow();
        var output = new StringWriter();
        var dotnet = environment.GetValueOrDefault(DotnetVariable) is { Length: > 0 } path && File.Exists(path) ? path : "dotnet";
        using var build = ChildProcess.Start(
            [dotnet, "build", project.ProjectFile, "-c", project.Configuration, "--nologo", "-v", "quiet", "-clp:NoSummary"],
            Path.GetDirectoryName(project.ProjectFile)!,
            AppEnvironment.ForBuild(environment),
            new LinePump("", TextWriter.Synchronized(output).WriteLine));
        await using (cancellationToken.Register(build.KillTree))
        {
            var exitCode = await build.Exited;
            await build.FinishOutputAsync(timeProvider);
            cancellationToken.ThrowIfCancellationRequested();
            if (exitCode != 0)
            {
                await console.WriteLineAsync(output.ToString().TrimEnd());
                throw new LauncherException($"{name} does not build (dotnet build ended with {exitCode})");
            }
        }

        if (!project.OutputExists)
            throw new LauncherException($"{name} was built, but {project.Output} is not there: the command of {project.AppId} names another file");
        Directory.CreateDirectory(Path.GetDirectoryName(project.StampFile)!);
        await File.WriteAllBytesAsync(project.StampFile, [], cancellationToken);
        // The time of the start: what is edited during a build is built next time.
        File.SetLastWriteTimeUtc(project.StampFile, started.UtcDateTime);
    }
}
