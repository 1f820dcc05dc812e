using System.Net.Sockets;
using System.Text;
using AgentMesh.Conformance.Targets;
using Dapr.Client;

namespace AgentMesh.Conformance.Apps;

/// <summary>An app and its sidecar as a test uses them: requests as the app would send them, through that sidecar's ports.</summary>
public sealed class AppSide : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null }) { Timeout = TimeSpan.FromSeconds(60) };

    internal AppSide(PlannedApp plan, RawApp raw)
    {
        Plan = plan;
        Raw = raw;
        Dapr = new DaprClientBuilder()
            .UseHttpEndpoint($"http://127.0.0.1:{plan.HttpPort}").UseGrpcEndpoint($"http://127.0.0.1:{plan.GrpcPort}").UseDaprApiToken(SidecarPlan.DaprToken).Build();
    }

    internal PlannedApp Plan { get; }

    /// <summary>The app.</summary>
    public RawApp Raw { get; }

    /// <summary>The SDK's client, with the token.</summary>
    public DaprClient Dapr { get; }

    public string AppId => Plan.AppId;

    /// <summary>An actor nobody has used before, and the app's place for it.</summary>
    public ActorSide Actor(string type = "plain", string? id = null)
    {
        id ??= $"{Guid.NewGuid():N}";
        return new ActorSide(this, type, id, Raw.Actor(type, id));
    }

    /// <summary>Sends with the token. The path goes out as it is: no dot segment is resolved, nothing is escaped.</summary>
    public async Task<Answer> SendAsync(string method, string path, string? body = null, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, body is null ? null : new StringContent(body, System.Net.Http.Headers.MediaTypeHeaderValue.Parse(contentType)), headers);
        using var response = await SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>A request with the token, for tests that need more of it.</summary>
    public HttpRequestMessage Request(string method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var exact = new Uri($"http://127.0.0.1:{Plan.HttpPort}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(method), exact) { Content = content };
        request.Headers.TryAddWithoutValidation("dapr-api-token", SidecarPlan.DaprToken);
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                content?.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>Sends; the answer's body is still to be read.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken? cancellationToken = null) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken ?? TestContext.Current.CancellationToken);

    /// <summary>
    /// Sends on a connection of its own, says no more once <paramref name="whenSent"/> is over, and waits until the sidecar has ended the connection
    /// too: then it has seen that its caller has left, and has given the request up.
    /// </summary>
    public async Task LeaveAsync(string method, string path, Func<Task> whenSent)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", Plan.HttpPort, cancellationToken);
        var stream = connection.GetStream();
        var head = $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{Plan.HttpPort}\r\ndapr-api-token: {SidecarPlan.DaprToken}\r\nContent-Length: 0\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
        await whenSent();
        connection.Client.Shutdown(SocketShutdown.Send);
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest, cancellationToken).WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
    }

    public void Dispose()
    {
        _client.Dispose();
        Dapr.Dispose();
    }
}
