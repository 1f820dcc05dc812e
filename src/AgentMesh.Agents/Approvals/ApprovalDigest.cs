using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Agents.Policies;

namespace AgentMesh.Agents.Approvals;

/// <summary>What an approval is for, to the last byte.</summary>
public static class ApprovalDigest
{
    private const string Version = "agentmesh approval 1";

    /// <summary>
    /// SHA-256, lower case hex, of payee, asset, network, amount, method, URL and the SHA-256 of the body. Each part stands behind its length in bytes
    /// (4, big-endian), so that no two payments have the same form.
    /// </summary>
    /// <param name="payment">What is paid; the host is a part of the URL.</param>
    /// <param name="method">The method of the request that is paid for.</param>
    /// <param name="url">Its URL, as it is sent.</param>
    /// <param name="body">Its body; empty: none.</param>
    /// <exception cref="ArgumentException">The payment is none that a policy can judge.</exception>
    public static string Of(PolicyFacts payment, string method, string url, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(payment);
        ArgumentNullException.ThrowIfNull(method);
        var facts = payment.ToCanonical() ?? throw new ArgumentException("The payment was not judged.", nameof(payment));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in (ReadOnlySpan<string>)[Version, facts.Payee, facts.Asset, facts.Network, AtomicAmount.Format(facts.AmountAtomic), method.ToUpperInvariant(), url])
            Append(hash, Encoding.UTF8.GetBytes(text));
        Append(hash, SHA256.HashData(body));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
