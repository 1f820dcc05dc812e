namespace AgentMesh.X402.Wire;

/// <summary>The versions of the protocol that are spoken here.</summary>
public static class X402Version
{
    /// <summary>Networks by name, terms in the body of a 402, payment in <c>X-PAYMENT</c>.</summary>
    public const int V1 = 1;

    /// <summary>Networks as CAIP-2, terms in the header <c>PAYMENT-REQUIRED</c>, payment in <c>PAYMENT-SIGNATURE</c>.</summary>
    public const int V2 = 2;
}
