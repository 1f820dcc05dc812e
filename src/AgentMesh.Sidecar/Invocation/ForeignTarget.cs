using System.Net.Sockets;
using AgentMesh.Sidecar.Channel;
using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Invocation;

/// <summary>
/// A host that is no app: an HTTPEndpoint resource or a literal URL. It gets the caller's headers and the endpoint's own, and neither
/// of Dapr's tokens (daprd 1.18 adds the app token for a literal URL: a leak, not kept).
/// </summary>
internal sealed class ForeignTarget(HttpMessageInvoker client, string baseUrl, IReadOnlyList<ComponentValue> headers) : IInvocationTarget
{
    private readonly string _baseUrl = baseUrl.TrimEnd('/');

    /// <inheritdoc/>
    public HttpRequestMessage CreateRequest(HttpRequest original, HttpContent? content, string pathAndQuery)
    {
        var request = new HttpRequestMessage(new HttpMethod(original.Method), new Uri(_baseUrl + pathAndQuery, UriKind.Absolute)) { Content = content };
        ForwardedHeaders.CopyTo(original.Headers, request);
        foreach (var header in headers)
        {
            if (header.Text is not { } value)
                continue;
            // The endpoint's word wins over the caller's. HttpClient keeps entity headers apart.
            if (request.Headers.NonValidated.Contains(header.Name))
                request.Headers.Remove(header.Name);
            if (!request.Headers.TryAddWithoutValidation(header.Name, value) && content is not null)
            {
                content.Headers.Remove(header.Name);
                content.Headers.TryAddWithoutValidation(header.Name, value);
            }
        }

        return request;
    }

    /// <inheritdoc/>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own limit on connecting, as in AppChannel: nobody cancelled.
            throw new HttpRequestException(HttpRequestError.ConnectionError, "the host does not accept connections", exception);
        }
        catch (SocketException exception)
        {
            // As in AppChannel: a connection that was reset as soon as it was made.
            throw new HttpRequestException(HttpRequestError.ConnectionError, exception.Message, exception);
        }
    }
}
