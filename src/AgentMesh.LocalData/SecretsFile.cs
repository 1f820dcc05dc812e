using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.LocalData;

/// <summary>
/// The file of secrets of one machine: a JSON object of names and values, which Dapr's <c>secretstores.local.file</c> reads as it is. Changed by one
/// process of the machine at a time: two keys made for one name would be wallets lost.
/// </summary>
public static class SecretsFile
{
    /// <summary>What it is called in the data folder (<c>components/secretstore.yaml</c>).</summary>
    public const string FileName = "secrets.json";

    /// <summary>The secret with the keys that wallets' keys are encrypted with, newest first (<c>components/secretstore.yaml</c>).</summary>
    public const string WalletKeys = "wallet-keys";

    /// <summary>Bytes of a secret that is made here: an AES-256 key.</summary>
    public const int SecretBytes = 32;

    /// <summary>Most keys of a list, the newest and retired ones: what the agents app reads.</summary>
    public const int MaxKeys = 16;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // Of two values of one name nobody could say which one the wallets need.
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    /// <summary>Makes the file, readable by its user only, or adds what is missing: 32 random bytes in base64 for each name. What is there stays.</summary>
    /// <exception cref="JsonException">The file holds no JSON object.</exception>
    /// <exception cref="IOException">It cannot be read or written, or another process writes it and does not end.</exception>
    public static EnsuredSecrets Ensure(string file, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return FileTurns.Alone(file, () =>
        {
            PrivateFolder.Create(Path.GetDirectoryName(file)!);
            var secrets = File.Exists(file) ? Read(file) : [];
            var missing = names.Where(name => !secrets.ContainsKey(name)).ToList();
            foreach (var name in missing)
                secrets[name] = NewSecret();
            if (missing.Count > 0)
                Write(file, secrets);
            return new EnsuredSecrets(File.ReadAllBytes(file), missing);
        });
    }

    /// <summary>Puts a new random key in front of a secret that is a list of keys with commas between. The older ones stay: they open what they closed.</summary>
    /// <exception cref="JsonException">The file holds no JSON object.</exception>
    /// <exception cref="IOException">It cannot be read or written, or another process writes it and does not end.</exception>
    public static KeyRotation Rotate(string file, string name) => FileTurns.Alone(file, () =>
    {
        if (!File.Exists(file) || Read(file) is not { } secrets || !secrets.TryGetPropertyValue(name, out var secret))
            return new KeyRotation(KeyRotationOutcome.Missing, 0);
        if (secret is not JsonValue value || !value.TryGetValue<string>(out var text) || !text.Split(',', StringSplitOptions.TrimEntries).All(IsKey))
            return new KeyRotation(KeyRotationOutcome.Malformed, 0);
        var keys = text.Split(',').Length;
        if (keys >= MaxKeys)
            return new KeyRotation(KeyRotationOutcome.Full, keys);
        secrets[name] = $"{NewSecret()},{text}";
        Write(file, secrets);
        return new KeyRotation(KeyRotationOutcome.Rotated, keys + 1);
    });

    private static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    private static bool IsKey(string text)
    {
        Span<byte> key = stackalloc byte[SecretBytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == SecretBytes;
    }

    private static JsonObject Read(string file) =>
        JsonNode.Parse(File.ReadAllBytes(file), documentOptions: NoDuplicates) as JsonObject ?? throw new JsonException("the file holds no JSON object");

    // A key that was half written would be a wallet lost: the whole file or none.
    private static void Write(string file, JsonObject secrets) => PrivateFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(secrets, Indented));
}
