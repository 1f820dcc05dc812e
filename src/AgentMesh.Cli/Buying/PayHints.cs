using AgentMesh.Cli.Meshes;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.Client;

namespace AgentMesh.Cli.Buying;

/// <summary>What to do about a refusal for which nothing was signed.</summary>
internal static class PayHints
{
    /// <summary>Our gateway's code for an agent that sells nothing of that name.</summary>
    private const string NotForSale = "not_for_sale";

    /// <summary>A sentence; null: nothing that is known here.</summary>
    public static string? For(Refusal? refusal, Uri url) => refusal?.Code switch
    {
        ClientRefusals.AmountOverCap => "Nothing was signed. --max allows more.",
        ClientRefusals.AssetNotAllowed => "Nothing was signed. --network names another network, whose money may be real.",
        NotForSale when FirstMessage.CommandFor(url) is { } command => $"An agent sells from its first message on. Send one: {command}",
        _ => null,
    };
}
