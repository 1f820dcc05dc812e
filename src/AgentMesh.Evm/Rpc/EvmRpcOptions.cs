namespace AgentMesh.Evm.Rpc;

/// <summary>How long the node may take, and how much it may say.</summary>
public sealed record EvmRpcOptions
{
    /// <summary>Milliseconds for one call, from the request to the last byte of the answer. Default: 10,000.</summary>
    public int TimeoutMs { get; init; } = 10_000;

    /// <summary>Bytes of one answer, unpacked. Default: 1 MiB; a receipt of a token's transfer has about 2 KiB.</summary>
    public int MaxResponseBytes { get; init; } = 1024 * 1024;
}
