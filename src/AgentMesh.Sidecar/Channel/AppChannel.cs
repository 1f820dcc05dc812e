using System.Net;
using System.Net.Sockets;
using AgentMesh.Sidecar.Actors;
using AgentMesh.Sidecar.Registry;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Channel;

/// <summary>HTTP to one app process: its callbacks, its health, and whatever is forwarded to it.</summary>
/// <param name="app">The app.</param>
/// <param name="appApiToken">What it expects in <c>dapr-api-token</c>.</param>
/// <param name="peers">Shared by the channels to other sidecars, and not theirs to dispose; null for an app.</param>
internal sealed class AppChannel(AppDefinition app, string? appApiToken, HttpMessageInvoker? peers = null) : IDisposable
{
    /// <summary>daprd's fixed limit of connections to an app.</summary>
    private const int MaxConnections = 1024;

    private readonly HttpMessageInvoker _client = peers ?? CreateClient();
    private readonly string _baseUrl = $"http://{app.ChannelAddress}:{app.AppPort}";
    private readonly SemaphoreSlim? _slots = app.MaxConcurrency is { } most ? new SemaphoreSlim(most) : null;
    private readonly bool _isPeer = peers is not null;

    /// <summary>The HTTP client of a channel.</summary>
    public static HttpMessageInvoker CreateClient() =>
        new(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            // Trace headers pass as the caller sent them; the sidecar makes no spans of its own.
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = MaxConnections,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            EnableMultipleHttp2Connections = true,
        });

    /// <summary>A request to the app, with the token it expects. The path starts with a slash and is sent as it is.</summary>
    public HttpRequestMessage CreateRequest(HttpMethod method, string pathAndQuery)
    {
        var request = new HttpRequestMessage(method, new Uri(_baseUrl + pathAndQuery, UriKind.Absolute));
        if (app.Protocol == "h2c")
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        if (appApiToken is not null)
            request.Headers.TryAddWithoutValidation(ForwardedHeaders.DaprApiToken, appApiToken);
        return request;
    }

    /// <summary>
    /// Sends; completes when the answer's headers are there. Waits while the app has as many requests as it takes at once; as in daprd
    /// (dapr:pkg/channel/http) a request counts until its headers are answered.
    /// </summary>
    /// <exception cref="HttpRequestException">The app was not reached or broke off.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_slots is not null)
            await _slots.WaitAsync(cancellationToken);
        var started = app.Metrics.Start();
        HttpResponseMessage? response = null;
        try
        {
            return response = await SendUnmeasuredAsync(request, cancellationToken);
        }
        finally
        {
            // daprd counts an app that was not reached as 500. OriginalString is the text the request was made from.
            app.Metrics.Http.AppAnswered(
                request.Method.Method, request.RequestUri!.OriginalString.AsSpan(_baseUrl.Length), (int?)response?.StatusCode ?? StatusCodes.Status500InternalServerError,
                response?.Content.Headers.ContentLength ?? 0, app.Metrics.ElapsedMs(started));
            _slots?.Release();
        }
    }

    private async Task<HttpResponseMessage> SendUnmeasuredAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await _client.SendAsync(request, cancellationToken);
            if (!_isPeer || response.StatusCode != HttpStatusCode.MisdirectedRequest || !PeerMessage.IsError(response))
                return response;
            response.Dispose();
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the target is not there any more");
        }
        catch (ObjectDisposedException exception)
        {
            // A call that had chosen this process just before it died: nothing was sent.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the app's process has ended", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own limit on connecting; nobody cancelled, so nobody may take it for that.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the app does not accept connections", exception);
        }
        catch (SocketException exception)
        {
            // Reset between accept and first byte: the handler asks such a connection for its address and does not wrap what that throws.
            throw new HttpRequestException(HttpRequestError.ConnectionError, exception.Message, exception);
        }
    }

    /// <summary>Tells the app to forget an actor's instance. The answer's status does not matter: the actor is gone either way.</summary>
    public async Task DeactivateAsync(ActorRef actor, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(HttpMethod.Delete, actor.AppPath);
        using var response = await SendAsync(request, cancellationToken);
    }

    /// <summary>True when the app's port accepts a connection.</summary>
    public async Task<bool> AcceptsAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(app.ChannelAddress, app.AppPort, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>One health probe: 2xx within the probe's time is healthy; of an app that speaks gRPC, a connection.</summary>
    public async Task<bool> ProbeAsync(AppHealthOptions health, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (app.IsGrpc)
            return await AcceptsAsync(cancellationToken);
        var started = app.Metrics.Start();
        var status = StatusCodes.Status500InternalServerError;
        using var limit = new CancellationTokenSource(health.ProbeTimeout, timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = CreateRequest(HttpMethod.Get, health.Path);
            using var response = await SendUnmeasuredAsync(request, both.Token);
            status = (int)response.StatusCode;
            return response.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
        finally
        {
            app.Metrics.Http.AppProbed(status, app.Metrics.ElapsedMs(started));
        }
    }

    /// <summary>
    /// The app's <c>GET /dapr/config</c>; null when it has none (404). daprd asks once and treats any failure as "no actors";
    /// here other failures throw, so that the launcher can say what is wrong.
    /// </summary>
    public async Task<byte[]?> GetConfigAsync(CancellationToken cancellationToken)
    {
        using var response = await AskAsync("/dapr/config", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>The app's <c>GET /dapr/subscribe</c>: status and body.</summary>
    public async Task<(int Status, byte[] Document)> GetSubscribeAsync(CancellationToken cancellationToken)
    {
        using var response = await AskAsync("/dapr/subscribe", cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public void Dispose()
    {
        if (!_isPeer)
            _client.Dispose();
    }

    private async Task<HttpResponseMessage> AskAsync(string path, CancellationToken cancellationToken)
    {
        using var request = CreateRequest(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("dapr-app-id", app.AppId);
        return await SendAsync(request, cancellationToken);
    }
}
