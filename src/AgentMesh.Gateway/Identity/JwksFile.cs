using Microsoft.IdentityModel.Tokens;

namespace AgentMesh.Gateway.Identity;

/// <summary>The public keys of a file, a JSON Web Key Set (RFC 7517). Looked at again every few seconds, so that keys are rotated without a restart.</summary>
internal sealed partial class JwksFile(string path, TimeProvider time, ILogger<JwksFile> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private IReadOnlyList<SecurityKey> _keys = [];
    private DateTime _written;
    private long? _looked;

    /// <summary>The keys, those of the last whole file when the present one is none.</summary>
    public IReadOnlyList<SecurityKey> Keys
    {
        get
        {
            lock (_lock)
            {
                if (_looked is { } looked && time.GetElapsedTime(looked) < Interval)
                    return _keys;
                _looked = time.GetTimestamp();
                try
                {
                    var written = File.GetLastWriteTimeUtc(path);
                    if (written != _written)
                        (_keys, _written) = (Read(path), written);
                }
                catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
                {
                    LogUnreadable(fault.GetType().Name);
                }

                return _keys;
            }
        }
    }

    /// <summary>The end of a sentence about a file that has no keys; null: it has.</summary>
    public static string? WhyUnreadable(string path)
    {
        try
        {
            return Read(path).Count == 0 ? "has no public key of RSA or an elliptic curve" : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            return $"cannot be read as a JSON Web Key Set ({fault.GetType().Name})";
        }
    }

    // Symmetric keys are left out: whoever can check with one can sign with it.
    private static List<SecurityKey> Read(string path) =>
        [.. new JsonWebKeySet(File.ReadAllText(path)).GetSigningKeys().Where(key => key is RsaSecurityKey or ECDsaSecurityKey or JsonWebKey { Kty: "RSA" or "EC" } or X509SecurityKey)];

    [LoggerMessage(71, LogLevel.Error, "The file of AgentMesh__Auth__Jwt__JwksFile cannot be read ({ExceptionType}); tokens are checked with the keys it had")]
    private partial void LogUnreadable(string exceptionType);
}
