using System.Globalization;
using AgentMesh.Gateway.Identity;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Edge;

/// <summary>Where the gateway listens and how much it takes from one connection.</summary>
internal sealed class EdgeServer(IConfiguration configuration) : IConfigureOptions<KestrelServerOptions>
{
    /// <summary>Longest request body, bytes.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    private const int DefaultPort = 8080;
    private const int MaxHeaderBytes = 32 * 1024;
    private const int MaxHeaders = 100;
    private const int MaxRequestLineBytes = 8 * 1024;
    private const int MaxConnections = 20_000;
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = MaxBodyBytes;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        options.Limits.MaxRequestHeaderCount = MaxHeaders;
        options.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        options.Limits.MaxConcurrentConnections = MaxConnections;
        options.Limits.KeepAliveTimeout = KeepAliveTimeout;
        options.Limits.RequestHeadersTimeout = HeadersTimeout;
        // Kestrel asks while the app is built, before options are validated: a text that is no port is refused at start.
        var port = new EdgeServerOptions { AppPort = configuration[EdgeServerOptions.AppPortName] }.Port ?? DefaultPort;
        // Endpoints in code win over ASPNETCORE_URLS. In Development 127.0.0.1 and [::1]; its door checks the address once more.
        if (IdentityExtensions.IsDevelopment(configuration))
            options.ListenLocalhost(port, Listen);
        else
            options.ListenAnyIP(port, Listen);

        void Listen(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1;
            // With files that are none the gateway does not start.
            if (new EdgeOptions { CertificateFile = configuration[EdgeOptions.CertificateName], CertificateKeyFile = configuration[EdgeOptions.CertificateKeyName] }.HasCertificate)
                listen.UseHttps(EdgeCertificate.HandshakeOf(listen.ApplicationServices));
        }
    }
}

/// <summary>What of <see cref="EdgeServer"/> is configured.</summary>
internal sealed class EdgeServerOptions
{
    public const string AppPortName = "APP_PORT";

    /// <summary><c>APP_PORT</c>, where Dapr and the launcher expect the app. Default 8080.</summary>
    public string? AppPort { get; set; }

    /// <summary>The port; null when none is set or the text is no port, with which the gateway does not start.</summary>
    public int? Port =>
        int.TryParse(AppPort, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;
}
