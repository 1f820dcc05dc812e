namespace AgentMesh.Evm.Eip712;

/// <summary>A member of a struct of typed data.</summary>
/// <param name="Name">The name, an identifier as in Solidity.</param>
/// <param name="Type">The type as EIP-712 writes it: <c>uint256</c>, <c>Person</c>, <c>Person[2][]</c>.</param>
public sealed record MemberDescription(string Name, string Type);
