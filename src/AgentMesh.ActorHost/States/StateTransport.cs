using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using AgentMesh.ServiceDefaults.Dapr;
using Dapr;
using Dapr.Actors.Runtime;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.States;

/// <summary>
/// Dapr's HTTP API of actor state: a value at a key, and a transaction. What is sent is written once, as UTF-8; the SDK's client makes of the same values a
/// stream, a text and a stream again.
/// </summary>
internal sealed class StateTransport : IDisposable
{
    /// <summary>As the SDK's client.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);

    /// <summary>Buffers that wait to be used again, and bytes of the largest of them.</summary>
    private const int MaxIdle = 64, MaxIdleBytes = 64 * 1024;

    private readonly HttpClient _http;
    private readonly ConcurrentQueue<ArrayBufferWriter<byte>> _idle = new();

    public StateTransport(SidecarOptions sidecar, IOptions<ActorRuntimeOptions> runtime) =>
        (_http, Json) = (sidecar.CreateClient(Timeout, isShared: true), runtime.Value.JsonSerializerOptions);

    /// <summary>How values are written.</summary>
    public JsonSerializerOptions Json { get; }

    public void Dispose() => _http.Dispose();

    /// <summary>Reads a value.</summary>
    /// <param name="actor">The actor, <c>type/id</c>.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its JSON; empty when there is none.</returns>
    /// <exception cref="DaprApiException">The sidecar refuses.</exception>
    public async Task<byte[]> GetAsync(string actor, string key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"v1.0/actors/{actor}/state/{key}", UriKind.Relative));
        using var response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RefusalAsync(response, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>Does all of it, or nothing.</summary>
    /// <param name="actor">The actor, <c>type/id</c>.</param>
    /// <param name="write">Writes the operations, an array.</param>
    /// <param name="cancellationToken">Gives up; what is sent may be done all the same.</param>
    /// <exception cref="DaprApiException">The sidecar refuses.</exception>
    public async Task TransactAsync(string actor, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        if (!_idle.TryDequeue(out var buffer))
            buffer = new ArrayBufferWriter<byte>(4 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            write(json);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"v1.0/actors/{actor}/state", UriKind.Relative))
        {
            Content = new ReadOnlyMemoryContent(buffer.WrittenMemory),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using (var response = await _http.SendAsync(request, cancellationToken))
        {
            if (!response.IsSuccessStatusCode)
                throw await RefusalAsync(response, cancellationToken);
        }

        // Only of a request that is over: one that was given up may still be reading it.
        buffer.ResetWrittenCount();
        if (buffer.Capacity <= MaxIdleBytes && _idle.Count < MaxIdle)
            _idle.Enqueue(buffer);
    }

    /// <summary>As the SDK says it, so that callers tell faults of the sidecar from others.</summary>
    private static async Task<DaprApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var (code, message) = ("UNKNOWN", $"The sidecar answered {(int)response.StatusCode}.");
        try
        {
            using var error = JsonDocument.Parse(body);
            code = error.RootElement.GetProperty("errorCode").GetString() ?? code;
            message = error.RootElement.GetProperty("message").GetString() ?? message;
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // No error of Dapr's; the status says what is known.
        }

        return new DaprApiException(message, code, isTransient: false);
    }
}
