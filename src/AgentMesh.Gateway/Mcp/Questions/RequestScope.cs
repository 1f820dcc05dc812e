using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentMesh.Primitives;

namespace AgentMesh.Gateway.Mcp.Questions;

/// <summary>The request that a state belongs to. With any other it is of no use: of another agent, caller, method, tool, or with other arguments.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Caller">Who calls (<see cref="McpCaller.Name"/>): whom a token names, not the token, which may be renewed between two rounds.</param>
/// <param name="Method">The method of MCP.</param>
/// <param name="Name">Which tool or prompt.</param>
/// <param name="Arguments">As the client gave them.</param>
internal sealed record RequestScope(AgentKey Agent, string Caller, string Method, string Name, IEnumerable<KeyValuePair<string, JsonElement>>? Arguments)
{
    /// <summary>A digest of all of it, of the same request always the same: the order of arguments does not count.</summary>
    public byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { Agent.ToString(), Caller, Method, Name })
            Append(hash, part);
        foreach (var (name, value) in (Arguments ?? []).OrderBy(argument => argument.Key, StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, value.GetRawText());
        }

        return hash.GetHashAndReset();
    }

    // With its length before it: no two lists of parts are the same bytes.
    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
