using System.Security.Cryptography;

namespace AgentMesh.Gateway.Edge;

/// <summary>The gateway's own id of a request that changes something: its retries carry the same one, so that they act once.</summary>
internal static class RequestId
{
    private const int Bytes = 16;

    /// <summary>128 random bits: made once per request, so two requests never share one and a retry always does.</summary>
    public static string New() => RandomNumberGenerator.GetHexString(Bytes * 2, lowercase: true);
}
