using System.Text.Json;
using AgentMesh.Cli.Terminal;
using AgentMesh.LocalData;

namespace AgentMesh.Cli.Buying;

/// <summary>
/// The payments of a key that were signed and are not over, one file for each request, readable by their user only. That there is one file for a
/// request is what keeps a second payment for it from being signed, also by another process at the same time.
/// </summary>
/// <param name="folder">Absolute; it need not be there.</param>
internal sealed class UnfinishedPayments(string folder)
{
    /// <summary>Digits of an id that tell payments of one key apart.</summary>
    public const int ShownIdDigits = 12;

    private const string Extension = ".json";

    /// <summary>More than this is not looked through.</summary>
    private const int MaxListed = 1_000;

    /// <summary>The payments of a key file, in a folder beside it.</summary>
    public static UnfinishedPayments OfKeyFile(string keyFile) => new($"{keyFile}.payments");

    /// <summary>The file of a request.</summary>
    public string FileOf(PayRequest request) => Path.Combine(folder, request.Fingerprint + Extension);

    /// <summary>The payment for a request; null when there is none.</summary>
    /// <exception cref="CliException">The file is damaged.</exception>
    public UnfinishedPayment? Find(PayRequest request) => File.Exists(FileOf(request)) ? Read(FileOf(request)) : null;

    /// <summary>Stores a payment, on disk before it returns.</summary>
    /// <returns>False: there is one for that request already, and it stays.</returns>
    public bool TryAdd(PayRequest request, UnfinishedPayment payment)
    {
        PrivateFolder.Create(folder);
        return PrivateFile.TryCreate(FileOf(request), JsonSerializer.SerializeToUtf8Bytes(payment, CliJson.Stored));
    }

    /// <summary>The payment is over, or given up. Another one that a command has stored for the request since stays.</summary>
    public void Remove(PayRequest request, string paymentId)
    {
        if (Find(request)?.PaymentId == paymentId)
            File.Delete(FileOf(request));
    }

    /// <summary>All of them, those that were stored first before the others.</summary>
    /// <exception cref="CliException">A file is damaged.</exception>
    public IReadOnlyList<UnfinishedPayment> List() => Directory.Exists(folder)
        ? [.. new DirectoryInfo(folder).EnumerateFiles($"*{Extension}").Take(MaxListed).OrderBy(file => file.LastWriteTimeUtc).Select(file => Read(file.FullName))]
        : [];

    private static UnfinishedPayment Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<UnfinishedPayment>(File.ReadAllBytes(file), CliJson.Stored) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new CliException(
                $"the unfinished payment {file} cannot be read. It may still be executed: if you remove the file, the next command may pay a second time");
        }
    }
}
