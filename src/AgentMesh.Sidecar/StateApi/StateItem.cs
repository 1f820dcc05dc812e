namespace AgentMesh.Sidecar.StateApi;

/// <summary>One change as a caller of the state API asks for it.</summary>
/// <param name="Key">Without prefix.</param>
/// <param name="Value">Null deletes.</param>
internal sealed record StateItem(string Key, byte[]? Value)
{
    /// <summary>Null or empty: any version.</summary>
    public string? ETag { get; init; }

    /// <summary>First write wins: later writes need the ETag. Null: the caller did not say.</summary>
    public WriteConcurrency? Concurrency { get; init; }

    /// <summary><c>ttlInSeconds</c> as it came.</summary>
    public string? Ttl { get; init; }

    /// <summary>The entry of the metadata that holds the time to live.</summary>
    public const string TtlName = "ttlInSeconds";
}

/// <summary>Dapr's two words.</summary>
internal enum WriteConcurrency
{
    FirstWrite,
    LastWrite,
}
