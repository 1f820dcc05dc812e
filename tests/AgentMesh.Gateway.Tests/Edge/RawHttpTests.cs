using System.Net.Sockets;
using System.Text;

namespace AgentMesh.Gateway.Tests.Edge;

/// <summary>A gateway on real sockets.</summary>
public sealed class SocketFixture : IAsyncLifetime
{
    internal FakeSidecar Sidecar { get; private set; } = null!;

    internal GatewayServer Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Sidecar = await FakeSidecar.StartAsync();
        Gateway = new GatewayServer(Sidecar).OnKestrel();
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}

/// <summary>Bytes that no HTTP client would send. A refusal by the HTTP server itself may be bare; ours are problems.</summary>
public sealed class RawHttpTests(SocketFixture fixture) : IClassFixture<SocketFixture>
{
    private const string Post = "POST /agent/alice/message HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    private const string Mcp = "POST /agent/alice/mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";

    public static TheoryData<string, int, string?> Requests => new()
    {
        { "GET /agent HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "user_id_missing" },
        { "GET /agent HTTP/1.0\r\n\r\n", 403, "foreign_host" },
        { "GET /agent HTTP/1.1\r\nHost:\r\n\r\n", 403, "foreign_host" },
        { "GET /agent HTTP/1.1\r\nHost: ::1\r\n\r\n", 400, null },
        { "GET /agent HTTP/1.1\r\nHost: localhost.evil.com\r\n\r\n", 403, "foreign_host" },
        { "GET /agent HTTP/1.1\r\nHost: 127.0.0.1.nip.io\r\n\r\n", 403, "foreign_host" },
        { "GET http://evil.com/agent HTTP/1.1\r\nHost: evil.com\r\n\r\n", 403, "foreign_host" },
        { "GET http://evil.com/agent HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, null },
        { "GET /agent HTTP/1.1\r\n\r\n", 400, null },
        { "GET /agent HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400, null },
        { "GET /agent HTTP/1.1\r\nHost: localhost:port\r\n\r\n", 400, null },
        { "GET /agent HTTP/1.1\r\nHost: localhost\r\nOrigin:\r\n\r\n", 403, "foreign_origin" },
        { "GET /agent HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For:\r\n\r\n", 403, "forwarded_not_allowed" },
        { "GET /agent/alice%00/info HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, null },
        { "GET /agent/%zz/info HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "invalid_user_id" },
        { "GET /agent/%c0%ae/info HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "invalid_user_id" },
        { "GET /agent/%252e/info HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "invalid_user_id" },
        { "GET /agent/alice%2Finfo HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "invalid_user_id" },
        { "GET /agent//info HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "invalid_user_id" },
        { "GET /agent/../agent/ALICE HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "invalid_user_id" },
        { "GET //agent/alice/info HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "not_found" },
        { "GET /agent/alice/../../info HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, "not_found" },
        { "GARBAGE\r\n\r\n", 400, null },
        { "GET /agent HTTP/9.9\r\nHost: localhost\r\n\r\n", 505, null },
        { $"GET /agent HTTP/1.1\r\nHost: localhost\r\nX-A: {new string('a', 33 * 1024)}\r\n\r\n", 431, null },
        { $"GET /agent?{new string('a', 9 * 1024)} HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, null },
        { Post + "Content-Length: 1048577\r\n\r\n", 413, "body_too_large" },
        { Post + "Content-Length: 99999999999999\r\n\r\n", 413, "body_too_large" },
        { Post + "Content-Length: -1\r\n\r\n", 400, null },
        { Post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345", 400, null },
        { Post + "Content-Length: 0\r\n\r\n", 400, "invalid_json" },
        { Post + "\r\n", 400, "invalid_json" },
        { Post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad_request" },
        { Post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 400, "bad_request" },
        { Post + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"c\r\n0\r\n\r\n", 400, "invalid_json" },
        { Post + "Transfer-Encoding: chunked\r\n\r\n120000\r\n" + new string('a', 0x120000) + "\r\n0\r\n\r\n", 413, "body_too_large" },
        { Post + "Transfer-Encoding: gzip\r\n\r\n", 400, null },
        { Post + "Idempotency-Key:\r\nContent-Length: 16\r\n\r\n{\"content\":\"hi\"}", 400, "invalid_idempotency_key" },
        { Post + "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 16\r\n\r\n{\"content\":\"hi\"}", 400, "invalid_idempotency_key" },
        { Post + "Idempotency-Key: \u00e4\r\nContent-Length: 16\r\n\r\n{\"content\":\"hi\"}", 400, "invalid_idempotency_key" },
        { Mcp + "Origin:\r\nContent-Length: 2\r\n\r\n{}", 403, "foreign_origin" },
        { Mcp + "Content-Length: 1048577\r\n\r\n", 413, "body_too_large" },
        { Mcp + "Transfer-Encoding: chunked\r\n\r\n120000\r\n" + new string('a', 0x120000) + "\r\n0\r\n\r\n", 413, "body_too_large" },
        { Mcp + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 400, "bad_request" },
        { Mcp + "Content-Length: 0\r\n\r\n", 400, null },
        { Mcp + "Mcp-Session-Id: a\r\nMcp-Session-Id: b\r\nContent-Length: 2\r\n\r\n{}", 404, "not_found" },
        { "GET /agent/alice/mcp HTTP/1.1\r\nHost: 127.0.0.1.nip.io\r\n\r\n", 403, "foreign_host" },
        { Post + "Content-Type: text/plain\r\nContent-Length: 16\r\n\r\n{\"content\":\"hi\"}", 415, "unsupported_media_type" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task BadBytes_AreRefusedWithoutACall(string request, int status, string? code)
    {
        fixture.Sidecar.Reset();
        var (head, body) = await SendAsync(Encoding.UTF8.GetBytes(request));
        Assert.True(head.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), head + body);
        Assert.DoesNotContain("\r\nServer:", head, StringComparison.OrdinalIgnoreCase);
        if (code is not null)
        {
            Assert.Contains("Content-Type: application/problem+json\r\n", head, StringComparison.Ordinal);
            ProblemAssert.IsProblem(body, status, code);
        }

        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task BothLoopbackAddresses_Answer(string address)
    {
        if (address == "::1" && !Socket.OSSupportsIPv6)
            return;
        using var client = new TcpClient(address.Contains(':', StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
        await client.ConnectAsync(address, fixture.Gateway.Port, TestContext.Current.CancellationToken);
        var (head, _) = await ExchangeAsync(client, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:5000\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyThatEndsEarly_StoresNothing()
    {
        fixture.Sidecar.Reset();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", fixture.Gateway.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Post + "Content-Length: 100\r\n\r\n{\"content\":\"hi\"}"), TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream);
        try
        {
            Assert.DoesNotContain("HTTP/1.1 2", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // A reset connection is an answer too.
        }

        Assert.Empty(fixture.Sidecar.Calls);
    }

    [Fact]
    public async Task Connection_IsKeptAfterARefusal()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", fixture.Gateway.Port, TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            var (head, _) = await ExchangeAsync(client, "GET /agent HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        }
    }

    private async Task<(string Head, string Body)> SendAsync(byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", fixture.Gateway.Port, TestContext.Current.CancellationToken);
        return await ExchangeAsync(client, request);
    }

    // Reads the head, then as many bytes as Content-Length says.
    private static async Task<(string Head, string Body)> ExchangeAsync(TcpClient client, byte[] request)
    {
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The server may answer and close before it has read everything; its answer is there to be read.
        }

        var received = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var text = received.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && text.Length - end - 4 >= ContentLength(text[..end]))
                return (text[..(end + 2)], text[(end + 4)..]);
            var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.True(count > 0, "The connection ended: " + text);
            received.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }

    private static int ContentLength(string head) =>
        head.Split("\r\n").Select(line => line.Split(':')).Where(parts => parts[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            .Select(parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)).SingleOrDefault();
}
