using System.Net;

namespace AgentMesh.X402.Tests;

/// <summary>A request as it was sent.</summary>
internal sealed record StubRequest(HttpMethod Method, Uri Uri, byte[] Body, string? ContentType, bool IsChunked);

/// <summary>Another's server without a network: it answers at once, unless the test holds an answer back.</summary>
internal sealed class StubHandler(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    /// <summary>What was sent, in order.</summary>
    public List<StubRequest> Requests { get; } = [];

    /// <summary>The answer to every request.</summary>
    public static StubHandler Always(HttpStatusCode status, string body) => new((_, _) => Task.FromResult(Json(status, body)));

    public static HttpResponseMessage Json(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body, null, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false);
        Requests.Add(new StubRequest(
            request.Method, request.RequestUri!, body, request.Content?.Headers.ContentType?.ToString(), request.Headers.TransferEncodingChunked == true));
        var response = await answer(Requests.Count, cancellationToken).ConfigureAwait(false);
        response.RequestMessage = request;
        return response;
    }
}
