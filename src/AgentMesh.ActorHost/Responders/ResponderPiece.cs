namespace AgentMesh.ActorHost.Responders;

/// <summary>A piece of a reply: either text, or, as the last one, what it took.</summary>
/// <param name="Text">Never empty; null in the last piece.</param>
/// <param name="Usage">Null but in the last piece.</param>
internal readonly record struct ResponderPiece(string? Text, ResponderUsage? Usage);

/// <summary>What a reply took.</summary>
/// <param name="InputTokens">Tokens read.</param>
/// <param name="OutputTokens">Tokens written, reasoning included.</param>
/// <param name="CostMicroUsd">USD micro-units by the price table, rounded up.</param>
/// <param name="Model">As the provider calls it, else as configured.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c> (cut at a limit), <c>content_filter</c>, <c>tool_calls</c>, or the provider's own word.</param>
/// <param name="IsEstimated">The provider reported no tokens: they are counted from the text, at three bytes of UTF-8 each.</param>
internal sealed record ResponderUsage(long InputTokens, long OutputTokens, long CostMicroUsd, string Model, string FinishReason, bool IsEstimated);
