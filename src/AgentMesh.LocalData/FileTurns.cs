using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.LocalData;

/// <summary>Changes of a file by one process of the machine at a time, and by one thread of it.</summary>
internal static class FileTurns
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>Acts when nobody else does for that file.</summary>
    /// <exception cref="IOException">Another process acts and does not end.</exception>
    public static T Alone<T>(string file, Func<T> act)
    {
        using var mutex = new Mutex(initiallyOwned: false, $"agentmesh-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(file))))}");
        try
        {
            if (!mutex.WaitOne(LongestWait))
                throw new IOException($"another process writes {file} and does not end");
        }
        catch (AbandonedMutexException)
        {
            // Its owner died; a draft it left behind is nobody's file.
        }

        try
        {
            return act();
        }
        finally
        {
            mutex.ReleaseMutex();
        }
    }
}
