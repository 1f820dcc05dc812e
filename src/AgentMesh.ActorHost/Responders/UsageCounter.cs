using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Responders;

/// <summary>What a reply takes, summed over all calls of the model for it. Its cost is rounded up once.</summary>
internal sealed class UsageCounter(ModelPrice price, string model)
{
    private long _read;
    private long _written;
    private long _reportedRead;
    private long _reportedWritten;
    private long _heldMicroUsd;
    private bool _isEstimated;
    private string? _model;
    private string? _finishReason;

    /// <summary>
    /// USD micro-units so far. A call whose tokens are not reported costs all that was held for it: what it has read and written is not known, and
    /// thoughts of a model that it keeps to itself are paid too.
    /// </summary>
    private long CostMicroUsd => price.CostMicroUsd(_reportedRead, _reportedWritten) + _heldMicroUsd;

    /// <summary>A call is over.</summary>
    /// <param name="stream">What came.</param>
    /// <param name="messages">What was sent.</param>
    /// <param name="reply">The text so far.</param>
    /// <param name="heldMicroUsd">What was held for it; null: nothing.</param>
    /// <returns>By how much it raises the cost, USD micro-units; so the calls' costs make up the sum's, which is rounded up once.</returns>
    public long Add(ModelStream stream, IReadOnlyList<ChatMessage> messages, ReplyText reply, long? heldMicroUsd)
    {
        var before = CostMicroUsd;
        // The count of a stream that was left early is not in it.
        var written = reply.IsCut ? null : stream.OutputTokens;
        var isEstimated = stream.InputTokens is null || written is null;
        var taken = (Read: stream.InputTokens ?? CallEstimate.TokensOf(messages), Written: written ?? CallEstimate.TokensOf(reply.CallBytes + stream.Calls.Sum(CallEstimate.BytesOf)));
        (_read, _written) = (_read + taken.Read, _written + taken.Written);
        if (isEstimated && heldMicroUsd is { } held)
            _heldMicroUsd += held;
        else
            (_reportedRead, _reportedWritten) = (_reportedRead + taken.Read, _reportedWritten + taken.Written);
        _isEstimated |= isEstimated;
        _model = stream.Model ?? _model;
        _finishReason = reply.IsCut ? ChatFinishReason.Length.Value : stream.FinishReason;
        return CostMicroUsd - before;
    }

    /// <summary>The sum.</summary>
    public ResponderUsage ToUsage() => new(_read, _written, CostMicroUsd, _model ?? model, _finishReason!, _isEstimated);
}
