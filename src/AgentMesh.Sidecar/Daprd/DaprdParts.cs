namespace AgentMesh.Sidecar.Daprd;

/// <summary>What a run is put together from.</summary>
internal sealed record DaprdParts
{
    /// <summary>For the line that tools wait for.</summary>
    public required TextWriter Output { get; init; }

    public required ILoggerFactory LoggerFactory { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Our own environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What relative paths start from.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Machine { get; init; }

    /// <summary>Spreads free ports.</summary>
    public required Random Random { get; init; }

    /// <summary>Secure random bytes, as many as asked.</summary>
    public required Func<int, byte[]> RandomBytes { get; init; }
}
