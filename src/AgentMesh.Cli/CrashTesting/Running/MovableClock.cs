using System.Diagnostics;
using System.Globalization;

namespace AgentMesh.Cli.CrashTesting.Running;

/// <summary>
/// A clock of its own for the processes of a mesh: libfaketime is preloaded into all of them and reads from a file, once a second, how far theirs is from the
/// machine's. Clocks that only rise, by which a process counts how long something takes, are left alone, as they are by whoever sets a machine's clock.
/// </summary>
/// <param name="folder">For the file.</param>
internal sealed class MovableClock(string folder)
{
    private const string LibraryName = "libfaketimeMT.so.1";

    /// <summary>Where Linux distributions and its own installation put it.</summary>
    private static readonly string[] Roots = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib"];

    private readonly string _file = Path.Combine(folder, "clock");

    /// <summary>The library; null: this machine has none.</summary>
    public static string? Library { get; } = Roots.Where(Directory.Exists)
        .SelectMany(root => Directory.EnumerateDirectories(root).Append(root).Select(place => Path.Combine(place, "faketime", LibraryName))).FirstOrDefault(File.Exists);

    /// <summary>How far it is from the machine's.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>Has a process, and all that it starts, live by it.</summary>
    public void Rule(ProcessStartInfo start)
    {
        Move(TimeSpan.Zero);
        start.Environment["LD_PRELOAD"] = Library;
        start.Environment["FAKETIME_TIMESTAMP_FILE"] = _file;
        start.Environment["FAKETIME_CACHE_DURATION"] = "1";
        start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        // Without this it hands the monotonic waits of .NET's threads on with times of the other clock, and each spins on a core.
        start.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        start.Environment["NO_FAKE_STAT"] = "1";
    }

    /// <summary>It jumps.</summary>
    /// <param name="by">How far; negative: back.</param>
    public void Move(TimeSpan by)
    {
        Offset += by;
        // As a whole: it is read while it is written.
        File.WriteAllText(_file + ".new", Offset.TotalSeconds.ToString("+0.000;-0.000", CultureInfo.InvariantCulture));
        File.Move(_file + ".new", _file, overwrite: true);
    }
}
