using System.Text.Json.Serialization;
using AgentMesh.Agents.State;

namespace AgentMesh.Agents.Conversation;

/// <summary>
/// Bytes of fixed-width entries, base64 in JSON: a third of the size of the same entries as JSON objects, one object in
/// memory, and nothing in them that a passage through float64 could change.
/// </summary>
[JsonConverter(typeof(PackedEntriesConverter))]
public readonly struct PackedEntries : IEquatable<PackedEntries>
{
    private readonly byte[]? _bytes;

    /// <summary>Takes the bytes over; the caller must not change them any more.</summary>
    public PackedEntries(byte[] bytes) => _bytes = bytes;

    /// <summary>No entries.</summary>
    public static PackedEntries Empty => default;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <inheritdoc/>
    public bool Equals(PackedEntries other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PackedEntries other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Same bytes.</summary>
    public static bool operator ==(PackedEntries left, PackedEntries right) => left.Equals(right);

    /// <summary>Other bytes.</summary>
    public static bool operator !=(PackedEntries left, PackedEntries right) => !left.Equals(right);
}
