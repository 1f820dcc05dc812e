namespace AgentMesh.Sidecar.PubSub;

/// <summary>One event to publish, from HTTP or gRPC.</summary>
/// <param name="PubSub">The component's name.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Data">The payload.</param>
internal sealed record PublishRequest(string PubSub, string Topic, ReadOnlyMemory<byte> Data)
{
    /// <summary>Null or empty: text.</summary>
    public string? ContentType { get; init; }

    /// <summary>Null: the request has none at all, and none is kept (gRPC). An HTTP publish always has one.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>W3C trace of the publisher; null: none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C trace state of the publisher; null: none.</summary>
    public string? TraceState { get; init; }
}

/// <summary>One event of a bulk publish.</summary>
/// <param name="EntryId">The caller's name of it, unique in the request.</param>
/// <param name="Data">The payload.</param>
/// <param name="ContentType">Null or empty: text.</param>
/// <param name="Metadata">Of this event; wins over the request's.</param>
internal sealed record BulkEntry(string EntryId, ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string>? Metadata);

/// <summary>An event of a bulk publish that was not kept, and why.</summary>
internal sealed record FailedEntry(string EntryId, string Error);
