namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>How a <see cref="FacilitatorClient"/> asks.</summary>
public sealed record FacilitatorClientOptions
{
    /// <summary>For one question whether a payment is good; it is asked three times, but not again after a silence that long (default 5 s).</summary>
    public TimeSpan VerifyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For the order to settle, after which its outcome is unknown (default 90 s, the official client's).</summary>
    public TimeSpan SettleTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Sends orders without a length (default false). A body without one is what daprd's own retries of an invocation leave alone: it would send the
    /// order up to three times.
    /// </summary>
    public bool OmitsLengthOfOrders { get; init; }
}
