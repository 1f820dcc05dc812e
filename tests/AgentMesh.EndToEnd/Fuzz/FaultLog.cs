using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>What the processes of a mesh print that no request may make them print, and which processes they are.</summary>
internal sealed partial class FaultLog
{
    private const int LinesOfOne = 12;

    private readonly Mesh _mesh;
    private readonly int[] _processes;
    private readonly List<string> _lines = [];
    private int _wanted;

    public FaultLog(Mesh mesh)
    {
        _mesh = mesh;
        _processes = [.. mesh.Ready.Apps.Select(app => app.Pid)];
        mesh.Printed += Hear;
    }

    /// <summary>Errors that were logged, and processes that are not there any more, are faults.</summary>
    public void Look(FuzzRun run)
    {
        _mesh.Printed -= Hear;
        lock (_lines)
        {
            foreach (var error in _lines.Where(line => Error().IsMatch(line)).Select(line => Number().Replace(line, "n")).GroupBy(line => line))
                run.Fail($"logged: {error.Key}", $"{error.Count()} times\n{string.Join('\n', _lines.Take(LinesOfOne * 4))}");
        }

        int[] now = [.. ReadyFile.TryRead(_mesh.ReadyFilePath)!.Apps.Select(app => app.Pid)];
        if (!now.SequenceEqual(_processes) || !now.All(Mesh.IsRunning))
            run.Fail("a process has ended", $"{string.Join(' ', _processes)} were {string.Join(' ', now)}\n{_mesh.Output}");
    }

    private void Hear(string line)
    {
        lock (_lines)
        {
            if (Error().IsMatch(line))
                _wanted = LinesOfOne;
            if (_wanted-- > 0)
                _lines.Add(line);
        }
    }

    [GeneratedRegex(@"(^|== )(fail|crit): |Unhandled exception")]
    private static partial Regex Error();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
