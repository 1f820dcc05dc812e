using System.Net;

namespace AgentMesh.Cli.Canary;

/// <summary>One operation, as one request.</summary>
/// <param name="Kind">What it is, for the report.</param>
/// <param name="Reader">Who sees the answer.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its query, sent as it stands: what is not in its simplest form stays so.</param>
/// <param name="Body">JSON; null: none.</param>
internal sealed record CanaryRequest(string Kind, CanaryAgent Reader, HttpMethod Method, string Path, string? Body = null)
{
    /// <summary>The token; null: none. Its reader's, unless it is a trick.</summary>
    public string? Token { get; init; } = Reader.Token;

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>It reaches for what is another's: an answer that says it was done is a failure.</summary>
    public bool MustBeRefused { get; init; }

    /// <summary>Told the answer.</summary>
    public Action<HttpStatusCode, string>? Took { get; init; }
}
