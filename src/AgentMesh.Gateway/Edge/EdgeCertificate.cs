using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AgentMesh.Gateway.Edge;

/// <summary>
/// The gateway's certificate, from files that whoever renews it writes anew: they are looked at when a connection comes, at most every <see cref="LookInterval"/>.
/// Files that cannot be read, or do not belong together yet, leave the one before in use.
/// </summary>
internal sealed partial class EdgeCertificate(EdgeOptions options, TimeProvider time, ILogger<EdgeCertificate> logger)
{
    /// <summary>How late a new certificate may be used.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private SslStreamCertificateContext? _context;
    private (DateTime Certificate, DateTime Key) _written;
    private long _looked;

    /// <summary>What is said in a handshake. TLS 1.2 and 1.3.</summary>
    /// <param name="services">The app's, which are there by the first connection.</param>
    public static TlsHandshakeCallbackOptions HandshakeOf(IServiceProvider services) => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = services.GetRequiredService<EdgeCertificate>().Current(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        }),
    };

    /// <summary>Why a gateway cannot start with these files; null: it can.</summary>
    public static string? WhyUnreadable(EdgeOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.CertificateFile) || string.IsNullOrWhiteSpace(options.CertificateKeyFile))
            return "each needs the other";
        try
        {
            Read(options);
            return null;
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            return exception.Message.TrimEnd('.');
        }
    }

    /// <summary>The certificate to use now.</summary>
    internal SslStreamCertificateContext Current()
    {
        lock (_lock)
        {
            if (_context is { } known && time.GetElapsedTime(_looked) < LookInterval)
                return known;
            _looked = time.GetTimestamp();
            var written = (File.GetLastWriteTimeUtc(options.CertificateFile!), File.GetLastWriteTimeUtc(options.CertificateKeyFile!));
            if (_context is not null && written == _written)
                return _context;
            try
            {
                _context = Read(options);
                _written = written;
            }
            catch (Exception exception) when (_context is not null && IsUnreadable(exception))
            {
                LogNotRead(exception.Message);
            }

            return _context!;
        }
    }

    // An argument is wrong when the key is not the certificate's.
    private static bool IsUnreadable(Exception exception) => exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private static SslStreamCertificateContext Read(EdgeOptions options)
    {
        var certificate = X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.CertificateKeyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile!);
        // Without asking the issuer's servers: a start must not depend on them.
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    [LoggerMessage(72, LogLevel.Error, "The certificate's files have changed and cannot be used; the one before stays in use: {Reason}")]
    private partial void LogNotRead(string reason);
}
