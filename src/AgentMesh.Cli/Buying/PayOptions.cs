using AgentMesh.Cli.Meshes;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;

namespace AgentMesh.Cli.Buying;

/// <summary>The command line of <c>pay</c>, read.</summary>
internal sealed record PayOptions
{
    /// <summary>What is bought; null: an unfinished payment is sent again.</summary>
    public PayRequest? Request { get; init; }

    /// <summary>Which unfinished payment is sent again, the first digits of its id; empty: the only one there is.</summary>
    public string Resume { get; init; } = "";

    /// <summary>Where the mesh is.</summary>
    public required MeshPlace Mesh { get; init; }

    /// <summary>The most that may be signed for, of USDC.</summary>
    public required UInt256 MaxAmountAtomic { get; init; }

    /// <summary>The network whose USDC may be paid with.</summary>
    public required EvmNetwork Network { get; init; }

    /// <summary>The file of the buyer's key, absolute.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Prints one JSON object in place of lines for people.</summary>
    public bool AsJson { get; init; }

    /// <summary>Signs another payment, although an earlier one for the same request may still be executed or was.</summary>
    public bool PaysAnew { get; init; }

    /// <summary>How long an outcome is waited for in all, from the first answer that gives none.</summary>
    public required TimeSpan Patience { get; init; }
}
