namespace AgentMesh.X402.Wire;

/// <summary>How much of a stranger's text is looked at. In <c>docs/limits.md</c>.</summary>
public static class X402Limits
{
    /// <summary>Characters of a payment header. Kestrel takes 32 KiB of headers in all, Node 16 KiB, many proxies 8.</summary>
    public const int MaxHeaderLength = 16_384;

    /// <summary>Bytes of JSON: the body of a 402, a question to a facilitator and its answer, what MCP brings.</summary>
    public const int MaxBodyBytes = 65_536;

    /// <summary>Objects and arrays within each other; extensions bring JSON schemas.</summary>
    public const int MaxJsonDepth = 32;

    /// <summary>Ways to pay in one <see cref="PaymentRequired"/>.</summary>
    public const int MaxOptions = 32;

    /// <summary>Characters of a scheme, a network, an amount, an address.</summary>
    public const int MaxTermLength = 256;

    /// <summary>Characters of a URL, a description, a MIME type.</summary>
    public const int MaxTextLength = 2_048;

    /// <summary>Bytes of a signature: those of contracts carry more than 65, those of ERC-6492 a call that deploys an account.</summary>
    public const int MaxSignatureBytes = 4_096;
}
