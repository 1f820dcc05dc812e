using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentMesh.Evm.Rpc;

/// <summary>One JSON-RPC call over HTTP: the request, the bounded answer, and the result in it.</summary>
internal sealed class RpcTransport
{
    private readonly HttpClient _http;
    private readonly Uri _endpoint;
    private readonly EvmRpcOptions _options;
    private readonly TimeProvider _time;
    private long _lastId;

    public RpcTransport(HttpClient http, Uri endpoint, EvmRpcOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.TimeoutMs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxResponseBytes);
        _http = http;
        _endpoint = endpoint;
        _options = options;
        _time = time;
    }

    /// <summary>The result, which may be JSON's null.</summary>
    public async Task<JsonElement> SendAsync(string method, JsonArray parameters, CancellationToken cancellationToken)
    {
        var request = new RpcRequest("2.0", Interlocked.Increment(ref _lastId), method, parameters);
        // HttpClient's own time-out ends with the headers.
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.TimeoutMs), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return ReadResult(request, await ExchangeAsync(request, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EvmRpcException(EvmRpcFailure.TimedOut, method, "the node took too long.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The exception itself names the host, which with some providers is a secret.
            var reason = (exception as HttpRequestException)?.HttpRequestError ?? (exception as HttpIOException)?.HttpRequestError ?? HttpRequestError.Unknown;
            throw new EvmRpcException(EvmRpcFailure.Unreachable, method, $"the node was not reached, or the connection broke ({reason}).");
        }
    }

    private async Task<ReadOnlyMemory<byte>> ExchangeAsync(RpcRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _endpoint);
        // As bytes with a length: there are servers that read no chunks.
        message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, EvmRpcJson.Default.RpcRequest));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new EvmRpcException(EvmRpcFailure.HttpStatus, request.Method, $"the node answered with HTTP status {(int)response.StatusCode}.")
            {
                StatusCode = response.StatusCode,
                RetryAfter = ReadRetryAfter(response.Headers.RetryAfter),
            };
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return await ReadBodyAsync(request.Method, stream, cancellationToken).ConfigureAwait(false);
    }

    private TimeSpan? ReadRetryAfter(RetryConditionHeaderValue? header) => header?.Delta ?? header?.Date - _time.GetUtcNow();

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(string method, Stream stream, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        var buffer = new byte[Math.Min(_options.MaxResponseBytes, 16 * 1024)];
        for (; ; )
        {
            var read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return body.GetBuffer().AsMemory(0, (int)body.Length);
            if (body.Length + read > _options.MaxResponseBytes)
                throw new EvmRpcException(EvmRpcFailure.TooLarge, method, $"the answer has more than {_options.MaxResponseBytes} bytes.");
            body.Write(buffer, 0, read);
        }
    }

    private static JsonElement ReadResult(RpcRequest request, ReadOnlyMemory<byte> body)
    {
        RpcResponse? response;
        try
        {
            response = JsonSerializer.Deserialize(body.Span, EvmRpcJson.Default.RpcResponse);
        }
        catch (JsonException)
        {
            // Its message quotes the answer.
            response = null;
        }

        // An error about a request that the node could not read has the id null (JSON-RPC 2.0, 5).
        if (response is { Error.ValueKind: JsonValueKind.Object } && (IsIdOf(request, response) || response.Id.ValueKind == JsonValueKind.Null))
            throw ToException(request.Method, response.Error);
        // Some servers write "error": null beside the result.
        if (response is not { Result.ValueKind: not JsonValueKind.Undefined, Error.ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } || !IsIdOf(request, response))
            throw new EvmRpcException(EvmRpcFailure.Malformed, request.Method, "the answer is not one of JSON-RPC to this request.");
        return response.Result;
    }

    private static bool IsIdOf(RpcRequest request, RpcResponse response) =>
        response.Id.ValueKind == JsonValueKind.Number && response.Id.TryGetInt64(out var id) && id == request.Id;

    private static EvmRpcException ToException(string method, JsonElement error)
    {
        long? code = error.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value) ? value : null;
        return new EvmRpcException(EvmRpcFailure.RpcError, method, $"the node answered with error {code}.")
        {
            Code = code,
            ServerMessage = ReadText(error, "message"),
            ServerData = ReadText(error, "data"),
        };
    }

    private static string? ReadText(JsonElement error, string name)
    {
        var text = error.TryGetProperty(name, out var element) ? RpcValues.ToText(element) : null;
        return text is { Length: > EvmRpcException.MaxServerText } ? text[..EvmRpcException.MaxServerText] : text;
    }
}
