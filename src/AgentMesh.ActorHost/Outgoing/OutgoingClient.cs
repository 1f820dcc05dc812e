using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Outgoing;
using AgentMesh.X402.Codecs;

namespace AgentMesh.ActorHost.Outgoing;

/// <summary>
/// Calls addresses that users, models and sellers name. Nothing of this process or its caller goes along: no proxy of the environment, no cookies, no
/// credentials, no trace, no header but its own.
/// </summary>
internal sealed class OutgoingClient : IDisposable
{
    /// <summary>Redirects that are followed.</summary>
    internal const int MaxRedirects = 3;

    internal const string UserAgent = "AgentMesh/1.0";

    /// <summary>KiB of an answer's headers.</summary>
    private const int MaxHeaderKiB = 64;

    private const int MaxContentTypeLength = 256;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly OutgoingRules _rules;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;

    public OutgoingClient(GuardedConnector connector, OutgoingRules rules, OutgoingOptions options, TimeProvider time)
    {
        _rules = rules;
        _time = time;
        _timeout = TimeSpan.FromSeconds(options.TimeoutSeconds);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = connector.ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKiB,
            MaxResponseDrainSize = 0,
            PreAuthenticate = false,
            // The ids of a trace are nobody else's business.
            ActivityHeadersPropagator = null,
            // Each call looks at the addresses anew.
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Calls, and takes the whole answer. Refused with a code of <see cref="OutgoingRefusals"/>.</summary>
    /// <param name="call">What to call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<OutgoingAnswer>> SendAsync(OutgoingCall call, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            return await FollowAsync(call, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Refusal(OutgoingRefusals.UrlTimedOut, $"The server had not answered within {_timeout.TotalSeconds:0} seconds.");
        }
        catch (HttpRequestException fault)
        {
            return ToRefusal(fault);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            return new Refusal(OutgoingRefusals.UrlUnreachable, "The connection to the server broke.");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Result<OutgoingAnswer>> FollowAsync(OutgoingCall call, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            if (_rules.Check(call.Url) is { IsRefused: true, Refusal: var notAllowed })
                return notAllowed;
            using var request = ToRequest(call);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (call.Payment is not null || Redirect(call, response) is not { } next)
                return await ReadAsync(call, response, cancellationToken);
            if (next.IsRefused)
                return next.Refusal;
            if (redirects == MaxRedirects)
                return new Refusal(OutgoingRefusals.UrlAnswerUnusable, $"The server redirects more than {MaxRedirects} times.");
            call = next.Value;
        }
    }

    /// <returns>The call that the answer asks for instead; null: it asks for none.</returns>
    private static Result<OutgoingCall>? Redirect(OutgoingCall call, HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            || response.Headers.Location is not { } location)
        {
            return null;
        }

        var url = OutgoingUrl.Follow(call.Url, location);
        if (url.IsRefused)
            return url.Refusal;
        // As browsers do (fetch standard, HTTP-redirect fetch): a POST that is sent elsewhere becomes a GET.
        var becomesGet = response.StatusCode == HttpStatusCode.SeeOther ? call.Method != "HEAD"
            : response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found && call.Method == "POST";
        return becomesGet ? call with { Url = url.Value, Method = "GET", Body = null, ContentType = null } : call with { Url = url.Value };
    }

    private static HttpRequestMessage ToRequest(OutgoingCall call)
    {
        var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Url);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (call.IdempotencyKey is { } key && call.Method is not ("GET" or "HEAD"))
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (call.Payment is { } payment)
            request.Headers.TryAddWithoutValidation(payment.Name, payment.Value);
        if (call.Body is { } body)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            if (call.ContentType is { } type)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return request;
    }

    private static async Task<Result<OutgoingAnswer>> ReadAsync(OutgoingCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > OutgoingOptions.MaxAnswerBytes)
            return TooLong;
        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var piece = new byte[16 * 1024];
        while (await stream.ReadAsync(piece, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > OutgoingOptions.MaxAnswerBytes)
                return TooLong;
            body.Write(piece, 0, read);
        }

        return new OutgoingAnswer(
            call.Url, call.Method, (int)response.StatusCode, ContentTypeOf(response.Content.Headers), body.ToArray(),
            HeaderOf(response, PaymentHeaderNames.PaymentRequired),
            HeaderOf(response, PaymentHeaderNames.PaymentResponse) ?? HeaderOf(response, PaymentHeaderNames.XPaymentResponse),
            response.Headers.RetryAfter?.Delta);
    }

    private static Refusal TooLong =>
        new(OutgoingRefusals.UrlAnswerUnusable, $"The server's answer is longer than {OutgoingOptions.MaxAnswerBytes} bytes.");

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    private static string? ContentTypeOf(HttpContentHeaders headers) =>
        headers.TryGetValues("Content-Type", out var values) && values.FirstOrDefault() is { Length: <= MaxContentTypeLength } type
            && !type.AsSpan().ContainsAnyExceptInRange(' ', '~') ? type : null;

    private static Refusal ToRefusal(HttpRequestException fault) => fault switch
    {
        { InnerException: AddressNotAllowedException } =>
            OutgoingRefusals.NotPublic,
        { HttpRequestError: HttpRequestError.NameResolutionError } or { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } } =>
            new Refusal(OutgoingRefusals.UrlUnreachable, "The host has no address."),
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse } =>
            new Refusal(OutgoingRefusals.UrlAnswerUnusable, "The server's answer is none of HTTP, or its headers are too long."),
        { HttpRequestError: HttpRequestError.SecureConnectionError } => new Refusal(OutgoingRefusals.UrlUnreachable, "The server has no certificate that holds."),
        _ => new Refusal(OutgoingRefusals.UrlUnreachable, "The server was not reached."),
    };
}
