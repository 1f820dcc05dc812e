using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Secrets;

/// <summary>
/// Secrets that nobody has to think of on a machine of one's own: a <c>secretstores.local.file</c> component that names them in an annotation has
/// each made of 32 random bytes, in base64, when its file does not have it. daprd knows no such annotation and reads the file as it is.
/// </summary>
internal static class RandomSecrets
{
    /// <summary>Of a component's metadata: names with commas between.</summary>
    public const string Annotation = "agentmesh.dev/random-secrets";

    private const int Bytes = 32;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Makes the file, readable by its user only, or adds what is missing. What is there stays. Several sidecars may start at once, one process
    /// each: two keys made for one name would be wallets lost.
    /// </summary>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="JsonException">The file holds no JSON object.</exception>
    public static byte[] Ensure(string file, IReadOnlyList<string> names) => Alone(file, () =>
    {
        Add(file, names);
        return File.ReadAllBytes(file);
    });

    private static void Add(string file, IReadOnlyList<string> names)
    {
        PrivateFolder.Create(Path.GetDirectoryName(file)!);
        var secrets = File.Exists(file) ? JsonNode.Parse(File.ReadAllBytes(file)) as JsonObject ?? throw new JsonException("the file holds no JSON object") : [];
        var missing = names.Where(name => !secrets.ContainsKey(name)).ToList();
        if (missing.Count == 0)
            return;
        foreach (var name in missing)
            secrets[name] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));
        // A key that was half written would be a wallet lost: the whole file or none.
        var draft = $"{file}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(stream, secrets, Indented);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }

    /// <summary>One at a time in all processes of the machine.</summary>
    private static T Alone<T>(string file, Func<T> act)
    {
        using var mutex = new Mutex(initiallyOwned: false, $"agentmesh-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file)))}");
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
