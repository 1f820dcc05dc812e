using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Questions;

/// <summary>
/// Why a call is not done yet: its client has to ask somebody first. Tools and prompts return it in place of an answer; the client makes the
/// same request again, with the answers, at any replica (MCP, multi round-trip requests).
/// </summary>
/// <param name="Requests">What is asked, by a name of the tool's own. A client is asked only what it said it can answer.</param>
/// <param name="State">
/// What the tool has to know when it goes on; null: nothing. Clients carry it sealed, and a tool that acts on an answer has to demand it: answers alone can
/// be made up without a question. It may come back more than once.
/// </param>
/// <param name="Otherwise">What clients are told that cannot be asked; null: that they cannot.</param>
internal sealed record McpQuestion(IReadOnlyDictionary<string, InputRequest> Requests, string? State = null, Refusal? Otherwise = null)
    : Refusal(EdgeRefusals.InputRequired, "The call needs an answer that clients can give from revision 2026-07-28 of MCP on, and this one speaks an older revision.")
{
    /// <summary>
    /// The answer may take longer than a call: of a client that takes tasks the call becomes one, which asks until it is answered. Others are asked as ever.
    /// The tool is called again from the beginning, perhaps more than once, with the id of the task for its idempotency key. It answers the same each time;
    /// what it does is a turn (<c>MessageTurns</c>), which is begun once.
    /// </summary>
    public bool MayTakeLong { get; init; }

    /// <summary>One question.</summary>
    public McpQuestion(string name, InputRequest request, string? state = null, Refusal? otherwise = null)
        : this(new Dictionary<string, InputRequest>(StringComparer.Ordinal) { [name] = request }, state, otherwise)
    {
    }
}
