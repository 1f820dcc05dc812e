namespace AgentMesh.X402.Exact.Evm.Client;

/// <summary>How much a <see cref="PaymentHandler"/> keeps and repeats.</summary>
public sealed record PaymentHandlerOptions
{
    /// <summary>Bytes of a request's body, which is kept to be sent again with the payment (default 1 MiB). A longer one is not sent at all.</summary>
    public int MaxRequestBodyBytes { get; init; } = 1_048_576;

    /// <summary>How often a payment is sent again, byte for byte, when the connection breaks (default 2).</summary>
    public int MaxResends { get; init; } = 2;
}
