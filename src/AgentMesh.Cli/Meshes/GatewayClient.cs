using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Meshes;

/// <summary>Asks a gateway.</summary>
/// <param name="place">Where, and in whose name.</param>
/// <param name="parts">The clock, and who is told that something takes longer.</param>
/// <param name="handler">What its requests go through; null: straight to the gateway.</param>
internal sealed class GatewayClient(GatewayPlace place, CliParts parts, HttpMessageHandler? handler = null) : IDisposable
{
    /// <summary>Tries of one request that acts once.</summary>
    private const int MaxTries = 6;

    private const string EventStream = "text/event-stream";

    private const int MaxAnswerBytes = 16 * 1_048_576;

    /// <summary>Nobody waits longer for a server that has no time.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    // More than the gateway tries to reach an agent.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http = new(handler ?? LocalHttp.CreateHandler(place.Gateway)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };

    /// <summary>Sends a request, and again while it acts once and the answer leaves it open.</summary>
    /// <returns>The body of the answer.</returns>
    /// <exception cref="CliException">Nobody was reached, or it was refused.</exception>
    public async Task<byte[]> AskAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        var wasSent = false;
        for (var tries = 1; ; tries++)
        {
            var answer = await SendAsync(request, cancellationToken);
            if (answer.IsSuccess)
                return answer.Body;
            wasSent |= answer.WasSent;
            answer = answer with { WasSent = wasSent };
            if (PauseBefore(request, answer, tries, MaxTries) is not { } pause)
                throw Failed(request, answer);
            await PauseAsync(answer, pause, cancellationToken);
        }
    }

    /// <summary>Sends a request once.</summary>
    public async Task<GatewayAnswer> SendAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        using var message = MessageOf(request);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout + request.Wait);
        try
        {
            using var response = await _http.SendAsync(message, limit.Token);
            return await ReadAsync(response, limit.Token);
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            return GatewayAnswer.None(fault);
        }
    }

    /// <summary>Sends a request whose answer is a stream of events.</summary>
    /// <exception cref="CliException">It is another one.</exception>
    public async Task<GatewayStream> OpenAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        using var message = MessageOf(request with { Accept = EventStream });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        try
        {
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response is { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: EventStream })
                return new GatewayStream(new GatewayAnswer(response.StatusCode, [], null), response, parts.TimeProvider);
            using (response)
                return response.IsSuccessStatusCode ? throw NotGateway() : new GatewayStream(await ReadAsync(response, limit.Token), null, parts.TimeProvider);
        }
        catch (Exception fault) when (LocalHttp.IsUnreached(fault, cancellationToken))
        {
            return new GatewayStream(GatewayAnswer.None(fault), null, parts.TimeProvider);
        }
    }

    /// <summary>How long to wait before a request is sent again; null: it is not.</summary>
    /// <param name="request">What was sent.</param>
    /// <param name="answer">What came of it. Where nobody has listened yet there is no mesh, and it is not asked for again.</param>
    /// <param name="tries">How often it was sent.</param>
    /// <param name="most">How often it is sent.</param>
    public static TimeSpan? PauseBefore(GatewayRequest request, GatewayAnswer answer, int tries, int most)
    {
        var pause = answer.RetryAfter ?? Retry.PauseAfter(tries);
        return (request.CanRepeat || request.IdempotencyKey is not null) && Retry.IsOpen(answer.Status) && tries < most && pause <= LongestPause && answer.WasSent ? pause : null;
    }

    /// <summary>Says why something takes longer, and waits.</summary>
    public Task PauseAsync(GatewayAnswer answer, TimeSpan pause, CancellationToken cancellationToken) => PauseAsync(Describe(answer), pause, cancellationToken);

    /// <summary>Says why something takes longer, and waits.</summary>
    public async Task PauseAsync(string why, TimeSpan pause, CancellationToken cancellationToken)
    {
        // The clock runs before anybody is told.
        var over = Task.Delay(pause, parts.TimeProvider, cancellationToken);
        await parts.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{why} Again in {pause.TotalSeconds:0.#} s."));
        await over;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CliException">It is none of a gateway.</exception>
    public static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is { } read && (read as ICheckedDocument)?.IsReadable() != false ? read : throw NotGateway();
        }
        catch (JsonException)
        {
            throw NotGateway();
        }
    }

    /// <summary>Why a request did not do.</summary>
    public CliException Failed(GatewayRequest request, GatewayAnswer answer)
    {
        if (answer.Status is { } status && !(Retry.IsOpen(status) && (int)status >= 500 && request.IdempotencyKey is not null))
            return new CliException($"{Describe(answer)}{((int)status == 401 ? $" The token comes from {TokenOption.Variable} or --token-file." : "")}", (int)status >= 500 ? ExitCodes.Failed : ExitCodes.Refused);
        return answer.WasSent && request.IdempotencyKey is { } key
            ? new CliException($"{Describe(answer)} Whether it was done is not known: sent again with the idempotency key {key} it is done once in all.", ExitCodes.Unknown)
            : new CliException($"the gateway is not reached at {place.Gateway}, or its answer was lost. Start the mesh, or say where it is: --ready-file FILE, or --url URL");
    }

    public void Dispose() => _http.Dispose();

    internal static CliException NotGateway() => new("what answers at the gateway's address is not a gateway");

    private async Task<GatewayAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) => new(
        response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), Retry.AfterOf(response, parts.TimeProvider.GetUtcNow()));

    private HttpRequestMessage MessageOf(GatewayRequest request)
    {
        var path = request.User is { } user
            ? $"{(place.Tenant is { } tenant ? $"t/{tenant}/" : "")}agent/{user}{(request.Path.Length > 0 ? "/" : "")}{request.Path}"
            : request.Path;
        var parameters = request.Query.Prepend(("tenant", request.User is null ? place.Tenant?.ToString() : null))
            .Where(one => one.Item2 is not null).Select(one => $"{one.Item1}={Uri.EscapeDataString(one.Item2!)}");
        var message = new HttpRequestMessage(request.Method, new UriBuilder(MeshPlace.Below(place.Gateway, path)) { Query = string.Join('&', parameters) }.Uri);
        if (place.Token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", place.Token);
        if (request.IdempotencyKey is { } key)
            message.Headers.Add("Idempotency-Key", key);
        if (request.Accept is { } accept)
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        if (request.Prefer is { } prefer)
            message.Headers.Add("Prefer", prefer);
        if (request.LastEventId is { } last)
            message.Headers.Add("Last-Event-ID", last.ToString(CultureInfo.InvariantCulture));
        message.Content = request.Upload;
        if (request.Body is { } body)
            message.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return message;
    }

    private static string Describe(GatewayAnswer answer) => answer.Status is { } status
        ? $"the gateway says {(int)status}: {PlainText.Of(Problem.DetailOf(answer.Body) ?? "nothing that can be read")}"
        : answer.WasSent ? "no answer came." : "the gateway is not reached.";
}
