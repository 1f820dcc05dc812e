using System.Globalization;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The process that listens on a TCP port.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Name">Its command line's first words, or its name.</param>
internal sealed record PortOwner(int ProcessId, string Name)
{
    private const string Listening = "0A";

    /// <summary>Looks it up in <c>/proc</c>. Null when no one listens, when the process is another user's, or without <c>/proc</c>.</summary>
    public static PortOwner? Find(int port)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var inodes = Inodes("/proc/net/tcp", port).Concat(Inodes("/proc/net/tcp6", port)).Select(inode => $"socket:[{inode}]").ToHashSet();
        if (inodes.Count == 0) return null;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var processId) && Holds(folder, inodes))
                return new PortOwner(processId, Describe(folder));
        }

        return null;
    }

    // Columns of proc(5): 1 local address as HEX:PORT, 3 state, 9 inode.
    private static IEnumerable<string> Inodes(string table, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return from line in File.Exists(table) ? File.ReadLines(table).Skip(1) : []
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where columns.Length > 9 && columns[3] == Listening && columns[1].EndsWith(suffix, StringComparison.Ordinal)
               select columns[9];
    }

    private static bool Holds(string processFolder, HashSet<string> sockets)
    {
        try
        {
            foreach (var descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(processFolder, "fd")))
            {
                if (new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target)) return true;
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // The process ended meanwhile, or is another user's.
        }

        return false;
    }

    // "dotnet" alone says little: the program it runs is the first argument that is no option.
    private static string Describe(string processFolder)
    {
        try
        {
            var words = File.ReadAllText(Path.Combine(processFolder, "cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            var program = words.Skip(1).FirstOrDefault(word => !word.StartsWith('-') && word != "exec");
            return words switch
            {
                [] => File.ReadAllText(Path.Combine(processFolder, "comm")).Trim(),
                [var first, ..] when Path.GetFileName(first) == "dotnet" && program is not null => $"dotnet {Path.GetFileName(program)}",
                [var first, ..] => Path.GetFileName(first),
            };
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }
}
