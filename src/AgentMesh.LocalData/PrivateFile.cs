using System.Security.Cryptography;

namespace AgentMesh.LocalData;

/// <summary>
/// Files that only their user can read, written as a whole: who reads one finds the old text or the new one, also after a loss of power. On
/// Windows they have the rights of their folder.
/// </summary>
public static class PrivateFile
{
    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the file, in place of the one that is there.</summary>
    /// <exception cref="IOException">It cannot be written; the one that is there stays.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not the user's.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var draft = WriteDraft(path, content);
        try
        {
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }

        FlushName(path);
    }

    /// <summary>Writes the file unless it is there already. Of several processes at once one makes it.</summary>
    /// <returns>False: it was there, and stays as it is.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not the user's.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var draft = WriteDraft(path, content);
        try
        {
            // In turns: where no file is, .NET looks first and renames then, and a file that is made in between would be replaced.
            if (!FileTurns.Alone(path, () => TryMove(draft, path)))
                return false;
        }
        finally
        {
            File.Delete(draft);
        }

        FlushName(path);
        return true;
    }

    /// <summary>Whether others than its user may read or change the file; never on Windows, where that is the folder's affair.</summary>
    public static bool IsOpenToOthers(string path) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UserOnly | UnixFileMode.UserExecute)) != 0;

    private static bool TryMove(string draft, string path)
    {
        if (File.Exists(path))
            return false;
        File.Move(draft, path, overwrite: false);
        return true;
    }

    private static string WriteDraft(string path, ReadOnlySpan<byte> content)
    {
        var draft = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UserOnly;
        using var stream = new FileStream(draft, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
        return draft;
    }

    /// <summary>
    /// A name is the folder's, and .NET flushes no folders. But giving a file a name changes the file as well, and the journals of ext4, XFS and btrfs
    /// write both in one piece: a flush of the file takes its name along.
    /// </summary>
    private static void FlushName(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(file);
    }
}
