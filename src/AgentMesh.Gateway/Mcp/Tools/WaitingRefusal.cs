using System.Globalization;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Tools;

/// <summary>A refusal that time ends: what HTTP says in <c>Retry-After</c>.</summary>
internal sealed record WaitingRefusal : Refusal
{
    // As HTTP says where nobody knows better.
    private const int DefaultSeconds = 10;

    private readonly int _retryAfterSeconds;

    /// <param name="refusal">Why.</param>
    /// <param name="retryAfterSeconds">When to try again; null: nobody knows.</param>
    public WaitingRefusal(Refusal refusal, int? retryAfterSeconds)
        : base(refusal.Code, refusal.Detail) => _retryAfterSeconds = retryAfterSeconds ?? DefaultSeconds;

    public override IEnumerable<(string Name, string? Value)> Members => [("retryAfterSeconds", _retryAfterSeconds.ToString(CultureInfo.InvariantCulture))];
}
