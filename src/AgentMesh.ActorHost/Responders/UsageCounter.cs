using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Responders;

/// <summary>What a reply takes, summed over all calls of the model for it. Its cost is rounded up once.</summary>
internal sealed class UsageCounter(ModelPrice price, string model)
{
    /// <summary>Bytes of UTF-8 that count as one token where a provider reports none. Text in English has four, most other text less.</summary>
    private const int EstimatedBytesPerToken = 3;

    private long _read;
    private long _written;
    private bool _isEstimated;
    private string? _model;
    private string? _finishReason;

    /// <summary>A call is over.</summary>
    /// <param name="stream">What came.</param>
    /// <param name="messages">What was sent.</param>
    /// <param name="reply">The text so far.</param>
    public void Add(ModelStream stream, IReadOnlyList<ChatMessage> messages, ReplyText reply)
    {
        // The count of a stream that was left early is not in it.
        var written = reply.IsCut ? null : stream.OutputTokens;
        _read += stream.InputTokens ?? Estimate(messages.SelectMany(message => message.Contents).Sum(BytesOf));
        _written += written ?? Estimate(reply.CallBytes + stream.Calls.Sum(BytesOf));
        _isEstimated |= stream.InputTokens is null || written is null;
        _model = stream.Model ?? _model;
        _finishReason = reply.IsCut ? ChatFinishReason.Length.Value : stream.FinishReason;
    }

    /// <summary>The sum.</summary>
    public ResponderUsage ToUsage() => new(_read, _written, price.CostMicroUsd(_read, _written), _model ?? model, _finishReason!, _isEstimated);

    private static long BytesOf(AIContent content) => content switch
    {
        TextContent text => Encoding.UTF8.GetByteCount(text.Text),
        FunctionCallContent { Arguments: { } arguments } => JsonSerializer.SerializeToUtf8Bytes(arguments, AIJsonUtilities.DefaultOptions).Length,
        FunctionResultContent { Result: string result } => Encoding.UTF8.GetByteCount(result),
        _ => 0,
    };

    private static long Estimate(long bytes) => (bytes + EstimatedBytesPerToken - 1) / EstimatedBytesPerToken;
}
