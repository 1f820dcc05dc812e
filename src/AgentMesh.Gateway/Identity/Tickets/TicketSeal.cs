using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Dapr;

namespace AgentMesh.Gateway.Identity.Tickets;

/// <summary>What a ticket says.</summary>
/// <param name="Id">Its name where it is spent. Random: nobody can tell the ticket by it.</param>
/// <param name="Agent">Whose events it opens.</param>
/// <param name="ExpiresAt">From then on it opens nothing.</param>
/// <param name="EndsAt">When what it has opened ends, because the credential does that it was asked for with; null: it does not.</param>
/// <param name="Key">The API key that it was asked for with, which may be revoked; null: with something else.</param>
internal sealed record Ticket(string Id, AgentKey Agent, DateTimeOffset ExpiresAt, DateTimeOffset? EndsAt, ApiKeyId? Key);

/// <summary>Makes and reads tickets. They are stored nowhere: all that they say is in their text, which any gateway can read (<see cref="SealedBox"/>).</summary>
internal sealed class TicketSeal(TicketOptions options, SidecarOptions sidecar, TimeProvider time)
{
    private const int IdBytes = 16;
    private const int EndsAt = sizeof(long);
    private const int Id = EndsAt + sizeof(long);
    private const int Key = Id + IdBytes;
    private const int Agent = Key + ApiKeyId.Length;

    // A tenant, a colon and a user, each of at most 64 characters of one byte.
    private const int MaxBytes = Agent + 64 + 1 + 64;

    private readonly SealedBox _box = new(sidecar.AppToken, "agentmesh ticket 2");

    /// <summary>Makes a ticket.</summary>
    /// <param name="agent">Whose events it is for.</param>
    /// <param name="endsAt">When the credential ends that it is asked for with; null: it does not.</param>
    /// <param name="key">The API key that it is asked for with; null: with something else.</param>
    /// <returns>Its text, and when it expires: not after that credential.</returns>
    public (string Text, DateTimeOffset ExpiresAt) Make(AgentKey agent, DateTimeOffset? endsAt, ApiKeyId? key = null)
    {
        var expires = (time.GetUtcNow() + TimeSpan.FromSeconds(options.LifetimeSeconds)).ToUnixTimeMilliseconds();
        var ends = endsAt?.ToUnixTimeMilliseconds() ?? 0;
        if (ends > 0)
            expires = Math.Min(expires, ends);
        var name = Encoding.UTF8.GetBytes(agent.ToString());
        var plain = new byte[Agent + name.Length];
        BinaryPrimitives.WriteInt64BigEndian(plain, expires);
        BinaryPrimitives.WriteInt64BigEndian(plain.AsSpan(EndsAt), ends);
        RandomNumberGenerator.Fill(plain.AsSpan(Id, IdBytes));
        if (key is { } asked)
            Encoding.ASCII.GetBytes(asked.ToString(), plain.AsSpan(Key));
        name.CopyTo(plain, Agent);
        return (_box.Seal(plain, []), DateTimeOffset.FromUnixTimeMilliseconds(expires));
    }

    /// <summary>Reads a ticket; null: it is none of this mesh's, or has expired.</summary>
    public Ticket? Open(string text)
    {
        if (_box.Open(text, Agent, MaxBytes, []) is not { } plain)
            return null;
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(plain));
        var ends = BinaryPrimitives.ReadInt64BigEndian(plain.AsSpan(EndsAt));
        ApiKeyId? key = plain[Key] == 0 ? null : ApiKeyId.Parse(Encoding.ASCII.GetString(plain.AsSpan(Key, ApiKeyId.Length)));
        return time.GetUtcNow() < expires && AgentKey.TryParse(Encoding.UTF8.GetString(plain.AsSpan(Agent)), out var agent)
            ? new Ticket(Base32.Encode(plain.AsSpan(Id, IdBytes)), agent, expires, ends == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(ends), key)
            : null;
    }
}
