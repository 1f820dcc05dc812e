using System.Text;
using AgentMesh.Contracts.Agents;

namespace AgentMesh.Gateway.Buying;

/// <summary>The body of <c>POST /agent/{userId}/pay</c>.</summary>
/// <param name="Url">What is called.</param>
/// <param name="Method">The HTTP method; null: <c>POST</c> with a body, else <c>GET</c>.</param>
/// <param name="Body">What is sent, text; null: nothing.</param>
/// <param name="ContentType">Of the body; null: <c>application/json</c>.</param>
/// <param name="MaxAmount">The most that may be paid: atomic units of the asset, decimal digits.</param>
/// <param name="Asset">What may be paid with, CAIP-19; null: the mesh's own token.</param>
internal sealed record PayRequest(string? Url, string? Method, string? Body, string? ContentType, string? MaxAmount, string? Asset)
{
    private const string DefaultContentType = "application/json";

    /// <summary>What the agent is asked.</summary>
    /// <param name="requestId">The same in all retries.</param>
    /// <param name="idempotencyKey">The caller's key; null: none.</param>
    public BeginPurchase ToOrder(string requestId, string? idempotencyKey) => new(
        requestId, idempotencyKey, Url!, Method ?? (Body is null ? "GET" : "POST"), Body is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(Body)),
        Body is null ? null : ContentType ?? DefaultContentType, MaxAmount!, Asset);
}
