using System.Globalization;
using System.Net;
using AgentMesh.ActorHost.Tools;

namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// Why there is no reply, by codes that stand in a failed turn's error (<c>docs/refusals.md</c>). They are no refusals of a request:
/// the message is stored whatever the model does.
/// </summary>
internal static class ResponderFailures
{
    internal const string ModelUnavailable = "model_unavailable";
    internal const string ModelRateLimited = "model_rate_limited";
    internal const string ModelRejected = "model_rejected";
    internal const string ModelCutOff = "model_cut_off";
    internal const string ModelTimedOut = "model_timed_out";

    // OpenAI's code for an account without money; it answers 429, and waiting does not help.
    private const string InsufficientQuota = "insufficient_quota";
    private const string ContextTooLong = "context_length_exceeded";

    // Anthropic: the service is overloaded.
    private const int Overloaded = 529;

    // A connection that was there may have carried the request.
    internal static ResponderFailedException Unreachable(HttpRequestError error) => new(
        ModelUnavailable,
        $"The model endpoint cannot be reached ({error}).",
        isTransient: true,
        isFree: error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError);

    internal static ResponderFailedException Open(TimeSpan? retryAfter) =>
        new(ModelUnavailable, "The model endpoint failed repeatedly and is not called for a while.", isTransient: true, retryAfter, isFree: true);

    internal static ResponderFailedException KeyUnreadable() =>
        new(ModelUnavailable, "The model's key cannot be read from the secret store.", isTransient: true, isFree: true);

    internal static ResponderFailedException KeyMissing() =>
        Rejected($"The secret store has no usable key at the place that {Variable("ApiKeySecret")} names.", isFree: true);

    internal static ResponderFailedException NoStream() =>
        Rejected($"What is at {Variable("Endpoint")} does not answer as a model does: no event stream.");

    internal static ResponderFailedException TooManyBytes() =>
        Rejected("The model's answer has more bytes than any reply.");

    internal static ResponderFailedException TooManyCalls() =>
        Rejected(string.Create(CultureInfo.InvariantCulture, $"The model asked for more than {ToolLimits.AnswerCalls} calls of tools at once."));

    internal static ResponderFailedException CutOff() =>
        new(ModelCutOff, "The model's answer ended before it was complete.", isTransient: true);

    internal static ResponderFailedException Damaged() =>
        new(ModelCutOff, "The model's answer could not be read to its end.", isTransient: true);

    internal static ResponderFailedException NoToken(int seconds) =>
        new(ModelTimedOut, string.Create(CultureInfo.InvariantCulture, $"The model sent nothing for {seconds} s."), isTransient: true);

    internal static ResponderFailedException TooLong(int seconds) =>
        new(ModelTimedOut, string.Create(CultureInfo.InvariantCulture, $"The model did not complete its answer within {seconds} s."), isTransient: true);

    /// <summary>An error that came in the stream, after a good status.</summary>
    /// <param name="type">Anthropic's error type.</param>
    internal static ResponderFailedException OfStream(string? type) => type switch
    {
        "overloaded_error" or "api_error" or "timeout_error" => OfStatus((HttpStatusCode)Overloaded, type, null, hasBegun: true),
        "rate_limit_error" => OfStatus(HttpStatusCode.TooManyRequests, type, null, hasBegun: true),
        "authentication_error" => OfStatus(HttpStatusCode.Unauthorized, type, null, hasBegun: true),
        "permission_error" => OfStatus(HttpStatusCode.Forbidden, type, null, hasBegun: true),
        "not_found_error" => OfStatus(HttpStatusCode.NotFound, type, null, hasBegun: true),
        "invalid_request_error" or "request_too_large" => OfStatus(HttpStatusCode.BadRequest, type, null, hasBegun: true),
        _ => CutOff(),
    };

    /// <summary>An answer that is none.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="error">The provider's word for it, as <see cref="ModelErrorBody"/> lets it through.</param>
    /// <param name="retryAfter">Its <c>Retry-After</c>.</param>
    /// <param name="hasBegun">It came after a good status: something may have been generated.</param>
    internal static ResponderFailedException OfStatus(HttpStatusCode status, string? error, TimeSpan? retryAfter, bool hasBegun = false)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{(int)status}{(error is null ? "" : " " + error)}");
        var isFree = !hasBegun && IsRefusal((int)status);
        if (error == InsufficientQuota)
            return new(ModelRateLimited, $"The account at the model's provider has no quota left ({said}).", isTransient: false, isFree: isFree);
        if (error == ContextTooLong || status == HttpStatusCode.RequestEntityTooLarge)
            return Rejected($"The conversation is longer than the model takes ({said}).", isFree);
        return (int)status switch
        {
            401 or 403 => Rejected($"The model endpoint refuses the key ({said}): see {Variable("ApiKeySecret")} or {Variable("ApiKey")}.", isFree),
            404 => Rejected($"The model endpoint does not know the model or the path ({said}): see {Variable("Model")} and {Variable("Endpoint")}.", isFree),
            429 => new(ModelRateLimited, $"The model endpoint limits the rate of calls ({said}).", isTransient: true, retryAfter, isFree),
            >= 300 and < 400 => Rejected($"The model endpoint redirects ({said}), which is not followed: see {Variable("Endpoint")}.", isFree),
            // 408 request timeout, 409 conflict of a lock, 425 too early: the same request may pass later.
            408 or 409 or 425 or >= 500 => new(ModelUnavailable, $"The model endpoint failed ({said}).", isTransient: true, retryAfter, isFree),
            _ => Rejected($"The model endpoint does not accept the request ({said}): see {Variable("Model")}, and set {Variable("Tools")} to none for a model that takes no tools.", isFree),
        };
    }

    // A gateway's 502 or 504, a 500 and a 408 may hide an answer that was generated and never came.
    private static bool IsRefusal(int status) => status is >= 300 and < 500 and not 408 or 503 or Overloaded;

    private static ResponderFailedException Rejected(string detail, bool isFree = false) => new(ModelRejected, detail, isTransient: false, isFree: isFree);

    private static string Variable(string setting) => ResponderOptionsValidator.Variable(setting);
}
