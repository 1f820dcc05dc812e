using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using OpenAIChunk = OpenAI.Chat.StreamingChatCompletionUpdate;

namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// One attempt at a reply: reads the provider's updates under two clocks, and turns whatever goes wrong into a
/// <see cref="ResponderFailedException"/>.
/// </summary>
internal sealed partial class ModelStream : IAsyncDisposable
{
    private readonly ResponderOptions _options;
    private readonly CancellationToken _caller;
    private readonly CancellationToken _whole;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _any;
    private readonly IAsyncEnumerator<ChatResponseUpdate> _updates;
    private readonly ILogger _logger;
    private readonly List<FunctionCallContent> _calls = [];
    private readonly List<ChatResponseUpdate>? _read;
    private bool _begun;

    /// <param name="client">Of the model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="asked">What the model may do.</param>
    /// <param name="heldMicroUsd">What is held for it; null: nothing.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock of the silence between chunks.</param>
    /// <param name="logger">Of the responder.</param>
    /// <param name="whole">Cancelled when the whole reply has taken too long.</param>
    /// <param name="caller">Cancelled when nobody wants the reply any more.</param>
    public ModelStream(
        IChatClient client,
        IReadOnlyList<ChatMessage> messages,
        ChatOptions asked,
        long? heldMicroUsd,
        ResponderOptions options,
        TimeProvider time,
        ILogger logger,
        CancellationToken whole,
        CancellationToken caller)
    {
        _options = options;
        HeldMicroUsd = heldMicroUsd;
        _logger = logger;
        _whole = whole;
        _caller = caller;
        _silence = new CancellationTokenSource(TimeSpan.FromSeconds(options.FirstTokenTimeoutSeconds), time);
        _any = CancellationTokenSource.CreateLinkedTokenSource(caller, whole, _silence.Token);
        // Only where another call may have to repeat what the model wrote.
        _read = asked.Tools is null ? null : [];
        _updates = client.GetStreamingResponseAsync(messages, asked, _any.Token).GetAsyncEnumerator(_any.Token);
    }

    /// <summary>What is held for it, USD micro-units; null: nothing.</summary>
    public long? HeldMicroUsd { get; }

    /// <summary>Set by the end of the stream.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>As the provider calls it; null until it does.</summary>
    public string? Model { get; private set; }

    /// <summary>Null: not reported.</summary>
    public long? InputTokens { get; private set; }

    /// <summary>Null: not reported.</summary>
    public long? OutputTokens { get; private set; }

    /// <summary>Tools that the model asks for; complete at the end.</summary>
    public IReadOnlyList<FunctionCallContent> Calls => _calls;

    /// <summary>What the model wrote, as it is to be repeated to it.</summary>
    public IEnumerable<ChatMessage> ToMessages() => (_read ?? []).ToChatResponse().Messages;

    /// <summary>The next text; null at the end of a complete answer.</summary>
    public async ValueTask<string?> ReadTextAsync()
    {
        if (_begun)
            ExpectMore();
        while (await MoveNextAsync())
        {
            var update = _updates.Current;
            Note(update);
            var text = update.Text;
            _begun |= text.Length > 0 || IsWork(update);
            if (_begun)
                ExpectMore();
            if (text.Length == 0)
                continue;
            // The reader's time is not the model's silence.
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
            return text;
        }

        // An own client has no connection that could break unseen, and need not say how it finished.
        if (_options.Provider == ResponderProviders.Custom)
            FinishReason ??= (_calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop).Value;
        return FinishReason is null ? throw ResponderFailures.CutOff() : null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _updates.DisposeAsync();
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            LogBadEnd();
        }

        _any.Dispose();
        _silence.Dispose();
    }

    // A call of a tool comes in pieces too, of which the libraries show nothing but their own chunks.
    private static bool IsWork(ChatResponseUpdate update) =>
        update.Contents.Any(content => content is TextReasoningContent or FunctionCallContent)
        || update.RawRepresentation is RawMessageStreamEvent { Value: RawContentBlockDeltaEvent } or OpenAIChunk { ToolCallUpdates.Count: > 0 };

    private void ExpectMore() => _silence.CancelAfter(TimeSpan.FromSeconds(_options.IdleTimeoutSeconds));

    private async ValueTask<bool> MoveNextAsync()
    {
        try
        {
            var moved = await _updates.MoveNextAsync();
            // A stream that always has something to read may never look at its token.
            _any.Token.ThrowIfCancellationRequested();
            return moved;
        }
        catch (ResponderFailedException)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            _caller.ThrowIfCancellationRequested();
            throw _whole.IsCancellationRequested
                ? ResponderFailures.TooLong(_options.RequestTimeoutSeconds)
                : ResponderFailures.NoToken(_begun ? _options.IdleTimeoutSeconds : _options.FirstTokenTimeoutSeconds);
        }
        catch (AnthropicSseException fault)
        {
            throw ResponderFailures.OfStream(fault.Type?.Raw());
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or AnthropicIOException)
        {
            throw ResponderFailures.CutOff();
        }
        catch (Exception fault)
        {
            // The edge of two libraries, which meet a damaged chunk with exceptions of many types. The type only: a message may hold text.
            LogDamaged(fault.GetType().Name);
            throw ResponderFailures.Damaged();
        }
    }

    private void Note(ChatResponseUpdate update)
    {
        _read?.Add(update);
        _calls.AddRange(update.Contents.OfType<FunctionCallContent>().Where(call => !call.InformationalOnly));
        Model ??= update.ModelId;
        FinishReason = update.FinishReason?.Value ?? FinishReason;
        // Anthropic counts what it read in the first event; the last one repeats it, which servers that copy the API do not.
        if (update.RawRepresentation is RawMessageStreamEvent { Value: RawMessageStartEvent start })
            InputTokens ??= start.Message.Usage.InputTokens;
        foreach (var usage in update.Contents.OfType<UsageContent>())
        {
            InputTokens = usage.Details.InputTokenCount ?? InputTokens;
            OutputTokens = usage.Details.OutputTokenCount ?? OutputTokens;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A model's answer could not be read: {Fault}")]
    private partial void LogDamaged(string fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A model's answer was left before its end")]
    private partial void LogBadEnd();
}
