using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;
using AgentMesh.ServiceDefaults.Problems;

namespace AgentMesh.Gateway.Mcp.Questions;

/// <summary>
/// Seals what clients carry between two rounds of a request: AES-256-GCM, bound to the request and to an end. A client can neither read nor make nor change
/// it. The key comes of <c>APP_API_TOKEN</c>, which all replicas share and nobody outside the mesh has; without one it is this process's own.
/// </summary>
internal sealed class RequestStateSeal(McpEndpointOptions options, SidecarOptions sidecar, TimeProvider timeProvider)
{
    /// <summary>Longest state of a tool, bytes of UTF-8.</summary>
    public const int MaxBytes = 8 * 1024;

    private const byte Version = 1;
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int TimeBytes = sizeof(long);
    private const int HeadBytes = 1 + NonceBytes;

    private static readonly Refusal Invalid = new(
        EdgeRefusals.InvalidRequestState, "The requestState is not one of this request, or too old: make the request anew, without requestState and inputResponses.");

    private readonly byte[] _key = KeyOf(sidecar.AppToken);

    /// <summary>Seals a state.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is longer than <see cref="MaxBytes"/>: a mistake of the tool.</exception>
    public string Seal(RequestScope scope, string state)
    {
        var text = Encoding.UTF8.GetBytes(state);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxBytes, nameof(state));
        var plain = new byte[TimeBytes + text.Length];
        BinaryPrimitives.WriteInt64BigEndian(plain, (timeProvider.GetUtcNow() + options.QuestionLifetime).ToUnixTimeMilliseconds());
        text.CopyTo(plain, TimeBytes);
        var box = new byte[HeadBytes + plain.Length + TagBytes];
        box[0] = Version;
        RandomNumberGenerator.Fill(box.AsSpan(1, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(box.AsSpan(1, NonceBytes), plain, box.AsSpan(HeadBytes, plain.Length), box.AsSpan(HeadBytes + plain.Length), scope.Digest());
        return Base64Url.EncodeToString(box);
    }

    /// <summary>Opens what was sealed for the same request, until its end. Everything else is refused with <c>invalid_request_state</c>.</summary>
    public Result<string> Open(RequestScope scope, string text)
    {
        if (text.Length > Base64Url.GetEncodedLength(HeadBytes + TimeBytes + MaxBytes + TagBytes) || !Base64Url.IsValid(text, out var length)
            || length < HeadBytes + TimeBytes + TagBytes)
        {
            return Invalid;
        }

        var box = Base64Url.DecodeFromChars(text);
        // Base64 has several texts for the same bytes; only one of them was given out.
        if (box[0] != Version || Base64Url.EncodeToString(box) != text)
            return Invalid;
        var plain = new byte[box.Length - HeadBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        try
        {
            aes.Decrypt(box.AsSpan(1, NonceBytes), box.AsSpan(HeadBytes, plain.Length), box.AsSpan(HeadBytes + plain.Length), plain, scope.Digest());
        }
        catch (AuthenticationTagMismatchException)
        {
            return Invalid;
        }

        return timeProvider.GetUtcNow().ToUnixTimeMilliseconds() < BinaryPrimitives.ReadInt64BigEndian(plain)
            ? Encoding.UTF8.GetString(plain.AsSpan(TimeBytes))
            : Invalid;
    }

    private static byte[] KeyOf(string? appToken) => appToken is null
        ? RandomNumberGenerator.GetBytes(KeyBytes)
        : HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(appToken), KeyBytes, info: "agentmesh mcp request state 1"u8.ToArray());
}
