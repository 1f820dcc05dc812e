namespace AgentMesh.X402.Exact.Evm;

/// <summary>Whose signature the bytes can be, as far as they alone tell.</summary>
public enum SignatureKind
{
    /// <summary>65 bytes: of a key. Or of an account with code, which only the chain knows.</summary>
    Key,

    /// <summary>Another length: only a contract can have made it (ERC-1271).</summary>
    Contract,

    /// <summary>Of an account that may not be deployed yet (ERC-6492).</summary>
    Undeployed,
}
