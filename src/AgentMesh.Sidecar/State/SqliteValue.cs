namespace AgentMesh.Sidecar.State;

/// <summary>A value bound to a statement: an integer, a text or bytes; NULL when it has none of them.</summary>
internal readonly struct SqliteValue
{
    public long? Integer { get; private init; }

    public string? Text { get; private init; }

    public byte[]? Blob { get; private init; }

    public static implicit operator SqliteValue(long? integer) => new() { Integer = integer };

    public static implicit operator SqliteValue(string text) => new() { Text = text };

    public static implicit operator SqliteValue(byte[] blob) => new() { Blob = blob };
}
