using System.Diagnostics.CodeAnalysis;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Edge;

/// <summary>The header by which a caller repeats a request safely.</summary>
internal static class IdempotencyKey
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Longest key.</summary>
    public const int MaxLength = 128;

    /// <summary>The refusal of a header that is no key.</summary>
    public static Refusal Invalid { get; } = new(
        EdgeRefusals.InvalidIdempotencyKey, $"{Header} must be one value of 1-{MaxLength} visible ASCII characters.");

    /// <summary>Reads the header.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The key; null when there is no header.</param>
    /// <returns>False when there is a header that is no key.</returns>
    [SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The Try pattern with a third outcome: no header is fine.")]
    public static bool TryRead(HttpRequest request, out string? key)
    {
        var values = request.Headers[Header];
        key = values.Count == 0 ? null : values[0];
        return values.Count == 0 || values.Count == 1 && IsKey(key);
    }

    /// <summary>True for 1-128 visible ASCII characters.</summary>
    public static bool IsKey(string? text) => text is { Length: >= 1 and <= MaxLength } && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
