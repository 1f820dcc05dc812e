using System.Buffers.Binary;
using System.Text;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Mcp.Questions;

/// <summary>Seals what clients carry between two rounds of a request (<see cref="SealedBox"/>), bound to the request and to an end.</summary>
internal sealed class RequestStateSeal(McpEndpointOptions options, SidecarOptions sidecar, TimeProvider timeProvider)
{
    /// <summary>Longest state of a tool, bytes of UTF-8.</summary>
    public const int MaxBytes = 8 * 1024;

    private const int TimeBytes = sizeof(long);

    private static readonly Refusal Invalid = new(
        EdgeRefusals.InvalidRequestState, "The requestState is not one of this request, or too old: make the request anew, without requestState and inputResponses.");

    private readonly SealedBox _box = new(sidecar.AppToken, "agentmesh mcp request state 1");

    /// <summary>Seals a state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is longer than <see cref="MaxBytes"/>: a mistake of the tool.</exception>
    public string Seal(RequestScope scope, string state)
    {
        var text = Encoding.UTF8.GetBytes(state);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxBytes, nameof(state));
        var plain = new byte[TimeBytes + text.Length];
        BinaryPrimitives.WriteInt64BigEndian(plain, (timeProvider.GetUtcNow() + options.QuestionLifetime).ToUnixTimeMilliseconds());
        text.CopyTo(plain, TimeBytes);
        return _box.Seal(plain, scope.Digest());
    }

    /// <summary>Opens what was sealed for the same request, until its end. Everything else is refused with <c>invalid_request_state</c>.</summary>
    public Result<string> Open(RequestScope scope, string text) =>
        _box.Open(text, TimeBytes, TimeBytes + MaxBytes, scope.Digest()) is { } plain && timeProvider.GetUtcNow().ToUnixTimeMilliseconds() < BinaryPrimitives.ReadInt64BigEndian(plain)
            ? Encoding.UTF8.GetString(plain.AsSpan(TimeBytes))
            : Invalid;
}
