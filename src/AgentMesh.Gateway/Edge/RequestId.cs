using System.Buffers;
using System.Security.Cryptography;

namespace AgentMesh.Gateway.Edge;

/// <summary>The gateway's own id of a request that changes something: its retries carry the same one, so that they act once.</summary>
internal static class RequestId
{
    private const int Bytes = 16;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>False for a text that was never made here.</summary>
    public static bool CanBe(string text) => text.Length == Bytes * 2 && !text.AsSpan().ContainsAnyExcept(Digits);

    /// <summary>128 random bits: made once per request, so two requests never share one and a retry always does.</summary>
    public static string New() => RandomNumberGenerator.GetHexString(Bytes * 2, lowercase: true);
}
