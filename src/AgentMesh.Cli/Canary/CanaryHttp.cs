using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AgentMesh.Cli.Meshes;

namespace AgentMesh.Cli.Canary;

/// <summary>Sends requests as they are written, to the gateways in turns, and holds what comes back against the markers.</summary>
internal sealed class CanaryHttp : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>How long an event stream is looked at that should not have opened.</summary>
    private static readonly TimeSpan StreamTime = TimeSpan.FromSeconds(1);

    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly Uri[] _gateways;
    private readonly HttpClient[] _clients;
    private readonly MarkerBook _markers;
    private readonly CanaryReport _report;
    private int _turn;

    /// <param name="gateways">Gateways of one mesh.</param>
    /// <param name="markers">What is looked for.</param>
    /// <param name="report">Is told what is wrong.</param>
    /// <param name="handlerOf">What requests to a gateway go through; null: straight to it.</param>
    public CanaryHttp(IReadOnlyList<Uri> gateways, MarkerBook markers, CanaryReport report, Func<Uri, HttpMessageHandler>? handlerOf = null)
    {
        _gateways = [.. gateways];
        _clients = [.. gateways.Select(gateway => new HttpClient(handlerOf?.Invoke(gateway) ?? LocalHttp.CreateHandler(gateway)) { Timeout = Timeout })];
        _markers = markers;
        _report = report;
    }

    /// <summary>The gateway whose turn it is.</summary>
    public Uri NextGateway() => _gateways[(uint)Interlocked.Increment(ref _turn) % _gateways.Length];

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }

    /// <summary>One request. What is wrong with its answer goes into the report.</summary>
    /// <returns>The status and the body; null: there was no answer.</returns>
    public async Task<(HttpStatusCode Status, string Body)?> SendAsync(CanaryRequest request, CancellationToken cancellationToken)
    {
        var place = (int)((uint)Interlocked.Increment(ref _turn) % _gateways.Length);
        using var message = new HttpRequestMessage(request.Method, At(_gateways[place], request.Path));
        if (request.Token is { } token)
            message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        if (request.Body is { } body)
            message.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        try
        {
            using var response = await _clients[place].SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            _report.Answered(request, response.StatusCode);
            var text = await ReadAsync(request, response.Content, cancellationToken);
            Look(request, $"{response.Headers}{text}");
            request.Took?.Invoke(response.StatusCode, text);
            return (response.StatusCode, text);
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            _report.Unanswered(fault);
            return null;
        }
    }

    /// <summary>The body; of an event stream that should not have opened, which has no end of its own, what comes of it in a moment.</summary>
    private static async Task<string> ReadAsync(CanaryRequest request, HttpContent content, CancellationToken cancellationToken)
    {
        var isEndless = request.MustBeRefused && content.Headers.ContentType?.MediaType == "text/event-stream";
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(isEndless ? StreamTime : Timeout);
        if (!isEndless)
        {
            await content.LoadIntoBufferAsync(MaxAnswerBytes, enough.Token);
            return await content.ReadAsStringAsync(enough.Token);
        }

        using var read = new MemoryStream();
        try
        {
            await using var body = await content.ReadAsStreamAsync(enough.Token);
            var part = new byte[64 * 1024];
            for (int length; read.Length < MaxAnswerBytes && (length = await body.ReadAsync(part, enough.Token)) > 0;)
                read.Write(part, 0, length);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What has come is what there is to look at.
        }

        return Encoding.UTF8.GetString(read.GetBuffer(), 0, (int)read.Length);
    }

    private void Look(CanaryRequest request, string text)
    {
        foreach (var marker in _markers.ForeignIn(text, request.Reader))
            _report.Foreign($"{request.Kind}: {request.Method} {request.Path} by {request.Reader.Name}", marker, _markers.ReadersOf(marker));
    }

    // Dots and escapes stay as they are: they are the point.
    private static Uri At(Uri gateway, string path) =>
        new($"{gateway.GetLeftPart(UriPartial.Authority)}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
