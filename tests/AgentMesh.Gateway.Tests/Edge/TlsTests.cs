using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Tests.Identity;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.Gateway.Tests.Edge;

/// <summary>A gateway that speaks TLS itself.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TokenIssuer _issuer = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly HashSet<string> _ours = [];
    private FakeSidecar _sidecar = null!;
    private GatewayServer _gateway = null!;

    private string CertificateFile => Path.Combine(_folder, "tls.crt");

    private string KeyFile => Path.Combine(_folder, "tls.key");

    public async ValueTask InitializeAsync()
    {
        Write("first");
        _sidecar = await FakeSidecar.StartAsync();
        _gateway = new GatewayServer(
            _sidecar, _time, [.. _issuer.Settings, new("AgentMesh:Edge:CertificateFile", CertificateFile), new("AgentMesh:Edge:CertificateKeyFile", KeyFile)]).OnKestrel();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _sidecar.DisposeAsync();
        _issuer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Requests_AreServed_AndToldToStayWithTls()
    {
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = IsOurs } };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Authorization = new("Bearer", _issuer.Token());
        using var response = await client.GetAsync(new Uri($"https://127.0.0.1:{_gateway.Port}/agent/alice/info"), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(response.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task WithoutTls_NothingIsServed()
    {
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{_gateway.Port}/livez"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Protocol_IsSpoken(SslProtocols protocol) => Assert.Equal(("CN=first", protocol), await ShakeHandsAsync(protocol));

    [Fact]
    public async Task NewCertificate_IsUsed_WithoutAnyRestart()
    {
        Assert.Equal("CN=first", (await ShakeHandsAsync(SslProtocols.Tls13)).Name);
        Write("second");
        Assert.Equal("CN=first", (await ShakeHandsAsync(SslProtocols.Tls13)).Name);
        _time.Advance(EdgeCertificate.LookInterval);
        Assert.Equal("CN=second", (await ShakeHandsAsync(SslProtocols.Tls13)).Name);

        // Of another key, as it is between the two writes: the one before goes on.
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(KeyFile, other.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        _time.Advance(EdgeCertificate.LookInterval);
        Assert.Equal("CN=second", (await ShakeHandsAsync(SslProtocols.Tls13)).Name);
        File.Delete(KeyFile);
        _time.Advance(EdgeCertificate.LookInterval);
        Assert.Equal("CN=second", (await ShakeHandsAsync(SslProtocols.Tls13)).Name);
        Write("third");
        _time.Advance(EdgeCertificate.LookInterval);
        Assert.Equal("CN=third", (await ShakeHandsAsync(SslProtocols.Tls13)).Name);
    }

    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddHours(1));
        _ours.Add(certificate.GetCertHashString());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    private bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null && _ours.Contains(certificate.GetCertHashString());

    private async Task<(string? Name, SslProtocols Protocol)> ShakeHandsAsync(SslProtocols protocol)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _gateway.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol, RemoteCertificateValidationCallback = IsOurs },
            TestContext.Current.CancellationToken);
        return (tls.RemoteCertificate?.Subject, tls.SslProtocol);
    }
}
