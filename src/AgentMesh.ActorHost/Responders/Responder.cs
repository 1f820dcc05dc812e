using System.Runtime.CompilerServices;
using System.Text;
using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;

namespace AgentMesh.ActorHost.Responders;

/// <summary>Answers messages with the configured model. One for the process: its connections and its circuit breaker are shared.</summary>
internal sealed partial class Responder : IDisposable
{
    /// <summary>Bytes of UTF-8 that count as one token where a provider reports none. Text in English has four, most other text less.</summary>
    private const int EstimatedBytesPerToken = 3;

    private readonly ResponderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Responder> _logger;
    private readonly ModelPrice _price;
    private readonly ModelKey? _key;
    private readonly HttpClient? _http;
    private readonly IChatClient? _client;
    private readonly ResiliencePipeline<ModelStream>? _pipeline;

    public Responder(ResponderOptions options, SidecarOptions sidecar, TimeProvider time, ILogger<Responder> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        if (AnswersAtOnce)
            return;
        _price = ModelPrice.Of(options);
        _key = new ModelKey(options, sidecar);
        // No timeout of the client: it would end with the headers, and the clocks here cover the stream.
        _http = new HttpClient(new ModelHttpHandler(options.Provider, _key, time, ModelHttpHandler.CreateTransport())) { Timeout = Timeout.InfiniteTimeSpan };
        _client = ModelClients.Create(options, _http);
        _pipeline = ModelPolicies.Create(options, time, (delay, failure) => LogRetry(failure.Code, failure.Detail, delay.TotalMilliseconds), LogOpened);
    }

    /// <summary>The echo: no model is called, and the turn itself answers.</summary>
    public bool AnswersAtOnce => _options.Provider == ResponderProviders.Echo;

    /// <summary>
    /// The reply in pieces, the usage last. A reply may have no text (an empty answer, a content filter); its usage comes all the same.
    /// </summary>
    /// <exception cref="ResponderFailedException">There is no reply, or, after some text, no more of it.</exception>
    public async IAsyncEnumerable<ResponderPiece> RespondAsync(ResponderRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_client is null || _pipeline is null)
            throw new InvalidOperationException("The echo is not asked for replies.");
        using var whole = new CancellationTokenSource(TimeSpan.FromSeconds(_options.RequestTimeoutSeconds), _time);
        var messages = ToMessages(request);
        var (stream, text) = await OpenAsync(request, messages, whole.Token, cancellationToken);
        await using var _ = stream;
        var characters = 0;
        long bytes = 0;
        var isCut = false;
        for (; text is not null && !isCut; text = isCut ? null : await ReadOnAsync(stream, request))
        {
            isCut = text.Length > _options.MaxReplyCharacters - characters;
            var piece = isCut ? Cut(text, _options.MaxReplyCharacters - characters) : text;
            characters += piece.Length;
            bytes += Encoding.UTF8.GetByteCount(piece);
            if (piece.Length > 0)
                yield return new ResponderPiece(piece, null);
        }

        if (isCut)
            LogCut(request.Turn, request.Attempt, characters);
        yield return new ResponderPiece(null, ToUsage(stream, messages, bytes, isCut));
    }

    public void Dispose()
    {
        _client?.Dispose();
        _http?.Dispose();
        _key?.Dispose();
    }

    /// <summary>A stream that has its first text, or is complete without any. Until here a failure can be repeated unseen.</summary>
    private async Task<(ModelStream Stream, string? Text)> OpenAsync(
        ResponderRequest request, IReadOnlyList<ChatMessage> messages, CancellationToken whole, CancellationToken cancellationToken)
    {
        string? text = null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(whole, cancellationToken);
        try
        {
            var opened = await _pipeline!.ExecuteAsync(
                async _ =>
                {
                    var stream = new ModelStream(_client!, messages, _options, _time, _logger, whole, cancellationToken);
                    try
                    {
                        text = await stream.ReadTextAsync();
                        return stream;
                    }
                    catch
                    {
                        await stream.DisposeAsync();
                        throw;
                    }
                },
                either.Token);
            return (opened, text);
        }
        catch (BrokenCircuitException open)
        {
            throw Logged(request, ResponderFailures.Open(open.RetryAfter));
        }
        catch (OperationCanceledException) when (whole.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // While it waited for a retry.
            throw Logged(request, ResponderFailures.TooLong(_options.RequestTimeoutSeconds));
        }
        catch (ResponderFailedException failure)
        {
            Logged(request, failure);
            throw;
        }
    }

    private async ValueTask<string?> ReadOnAsync(ModelStream stream, ResponderRequest request)
    {
        try
        {
            return await stream.ReadTextAsync();
        }
        catch (ResponderFailedException failure)
        {
            Logged(request, failure);
            throw;
        }
    }

    private ResponderFailedException Logged(ResponderRequest request, ResponderFailedException failure)
    {
        LogFailed(request.Turn, request.Attempt, failure.Code, failure.Detail);
        return failure;
    }

    private List<ChatMessage> ToMessages(ResponderRequest request)
    {
        var messages = new List<ChatMessage>(request.Messages.Count + 1);
        if ((request.SystemPrompt ?? _options.SystemPrompt) is { Length: > 0 } instructions)
            messages.Add(new ChatMessage(ChatRole.System, instructions));
        messages.AddRange(request.Messages.Select(message => new ChatMessage(message.IsUser ? ChatRole.User : ChatRole.Assistant, message.Content)));
        return messages;
    }

    private ResponderUsage ToUsage(ModelStream stream, IReadOnlyList<ChatMessage> messages, long replyBytes, bool isCut)
    {
        var read = stream.InputTokens ?? Estimate(messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Text)));
        // The count of a stream that was left early is not in it.
        var written = isCut ? null : stream.OutputTokens;
        return new ResponderUsage(
            read,
            written ?? Estimate(replyBytes),
            _price.CostMicroUsd(read, written ?? Estimate(replyBytes)),
            stream.Model ?? _options.Model!,
            isCut ? ChatFinishReason.Length.Value : stream.FinishReason!,
            stream.InputTokens is null || written is null);
    }

    private static long Estimate(long bytes) => (bytes + EstimatedBytesPerToken - 1) / EstimatedBytesPerToken;

    // A pair of surrogates is one character of the text and must not be parted.
    private static string Cut(string text, int length) => text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model is asked again in {DelayMs} ms: {Code}, {Detail}")]
    private partial void LogRetry(string code, string detail, double delayMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No reply for turn {Turn}, attempt {Attempt}: {Code}, {Detail}")]
    private partial void LogFailed(string turn, int attempt, string code, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reply of turn {Turn}, attempt {Attempt} was ended at {Characters} characters")]
    private partial void LogCut(string turn, int attempt, int characters);

    [LoggerMessage(Level = LogLevel.Error, Message = "The model endpoint fails repeatedly and is not called for a while")]
    private partial void LogOpened();
}
