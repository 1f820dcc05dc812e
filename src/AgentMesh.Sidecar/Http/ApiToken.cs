using System.Security.Cryptography;
using System.Text;

namespace AgentMesh.Sidecar.Http;

/// <summary>The token that callers of the sidecar have to send.</summary>
/// <param name="token">Null: none is demanded.</param>
internal sealed class ApiToken(string? token)
{
    private readonly byte[]? _token = token is null ? null : Encoding.UTF8.GetBytes(token);

    public bool IsIn(HttpRequest request) =>
        _token is null || (request.Headers[Channel.ForwardedHeaders.DaprApiToken] is [{ } given] && CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(given)));
}
