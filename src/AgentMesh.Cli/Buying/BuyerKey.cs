using System.Security.Cryptography;
using AgentMesh.Cli.Terminal;
using AgentMesh.Evm.Signing;
using AgentMesh.LocalData;

namespace AgentMesh.Cli.Buying;

/// <summary>The buyer's key in a file of its own: 64 hex digits, readable by its user only. It is never printed.</summary>
internal static class BuyerKey
{
    /// <summary>The file where none is named, from the user's folder.</summary>
    public static readonly string DefaultFile = Path.Combine(".agentmesh", "buyer.key");

    private const int Digits = 2 * EvmKey.Length;

    // 0x before, line ends and spaces after.
    private const int MaxFileBytes = Digits + 64;

    /// <summary>Reads the key, making it at the first time. Of several processes at once one makes it, and all have that one.</summary>
    /// <returns>The key, its owner's to dispose, and whether it is new.</returns>
    /// <exception cref="CliException">Others can open the file, or it holds no key.</exception>
    public static (EvmKey Key, bool IsNew) Open(string path, RandomNumberGenerator random)
    {
        var isNew = !File.Exists(path) && TryCreate(path, random);
        if (PrivateFile.IsOpenToOthers(path))
            throw new CliException($"others than you can open the key file {path}: chmod 600 {path}", ExitCodes.Usage);
        return (Read(path), isNew);
    }

    private static bool TryCreate(string path, RandomNumberGenerator random)
    {
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        using var key = EvmKey.Create(random);
        Span<byte> bytes = stackalloc byte[EvmKey.Length];
        Span<byte> text = stackalloc byte[Digits + 1];
        try
        {
            key.ExportTo(bytes);
            Convert.TryToHexStringLower(bytes, text, out _);
            text[Digits] = (byte)'\n';
            return PrivateFile.TryCreate(path, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static EvmKey Read(string path)
    {
        if (new FileInfo(path).Length > MaxFileBytes)
            throw NoKey(path);
        var file = File.ReadAllBytes(path);
        Span<byte> bytes = stackalloc byte[EvmKey.Length];
        try
        {
            var text = file.AsSpan().Trim("\r\n\t "u8);
            if (text.StartsWith("0x"u8))
                text = text[2..];
            if (text.Length != Digits || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
                throw NoKey(path);
            return EvmKey.FromBytes(bytes);
        }
        catch (ArgumentException)
        {
            // Zero, or not below the order of the curve.
            throw NoKey(path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(file);
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static CliException NoKey(string path) => new($"{path} holds no key: {Digits} hex digits, nothing else", ExitCodes.Usage);
}
