using System.Net;
using System.Net.Http.Headers;

namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// What every call to a model passes, below the provider's own library: the key goes on here and nowhere else, a bad answer becomes a
/// failure before the library reads it, and a good one stays a stream, with a bound.
/// </summary>
internal sealed class ModelHttpHandler(string provider, ModelKey key, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>
    /// Bytes of one answer. A token's chunk is about 300 bytes, and 200,000 characters are at most 200,000 of them.
    /// </summary>
    internal const long MaxBytes = 64 * 1024 * 1024;

    private const string AnthropicKeyHeader = "x-api-key";

    /// <summary>The process's own handler for models: no redirects, proxies, cookies or trace headers.</summary>
    internal static SocketsHttpHandler CreateTransport() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        // Trace ids and baggage are the mesh's; a provider has no use for them.
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        // So that a changed address is noticed.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var secret = await key.GetAsync(cancellationToken);
        SetKey(request.Headers, secret);
        HttpResponseMessage answer;
        try
        {
            answer = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException fault)
        {
            throw ResponderFailures.Unreachable(fault.HttpRequestError);
        }

        if (answer.IsSuccessStatusCode && answer.Content.Headers.ContentType?.MediaType is null or "text/event-stream")
        {
            answer.Content = await BoundedContent.CreateAsync(answer.Content, MaxBytes, cancellationToken);
            return answer;
        }

        using (answer)
            throw await ToFailureAsync(answer, secret, cancellationToken);
    }

    // The libraries are given no key; what they or their environment variables put there is taken off.
    private void SetKey(HttpRequestHeaders headers, string? secret)
    {
        headers.Authorization = null;
        headers.Remove(AnthropicKeyHeader);
        if (secret is null)
            return;
        if (provider == ResponderProviders.Anthropic)
            headers.Add(AnthropicKeyHeader, secret);
        else
            headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    private async Task<ResponderFailedException> ToFailureAsync(HttpResponseMessage answer, string? secret, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
            return ResponderFailures.NoStream();
        if (answer.StatusCode == HttpStatusCode.Unauthorized && secret is not null)
            key.Forget(secret);
        var word = await ModelErrorBody.ReadWordAsync(answer.Content, cancellationToken);
        var after = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return ResponderFailures.OfStatus(answer.StatusCode, word, after < TimeSpan.Zero ? TimeSpan.Zero : after);
    }
}
