using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using AgentMesh.Evm;
using AgentMesh.X402.Networks;
using Microsoft.Extensions.Options;

namespace AgentMesh.Facilitator.Hosting;

/// <summary>Section <c>AgentMesh:Facilitator</c>.</summary>
internal sealed class FacilitatorOptions
{
    public const string Section = "AgentMesh:Facilitator";

    /// <summary>Networks that are served: each has a head, a list in <c>/supported</c> and a path of its own below <c>/rpc</c>.</summary>
    public const int MaxNetworks = 16;

    private static readonly EvmNetwork[] None = [];

    /// <summary>The networks that are simulated, CAIP-2, separated by commas. The first is the default of faucet and RPC. Default <c>eip155:84532</c>.</summary>
    public string Networks { get; set; } = "eip155:84532";

    /// <summary>The Dapr state component that holds the ledger. Default <c>statestore</c>.</summary>
    [Required]
    public string StateStore { get; set; } = "statestore";

    /// <summary>Runs outside of Development too, where nobody expects payments that move no money. Default false.</summary>
    public bool AllowSimulation { get; set; }

    /// <summary>Lets tests script what goes wrong, by <c>/faults</c>. Development only. Default false.</summary>
    public bool Faults { get; set; }

    /// <summary>What one call of the faucet gives at most, in atomic units. Default 100 units of a token with 6 decimals.</summary>
    public string FaucetMaxAmountAtomic { get; set; } = "100000000";

    /// <summary>The networks; empty when the text is no list of them.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Internal, and never written to.")]
    internal EvmNetwork[] ParsedNetworks
    {
        get
        {
            var texts = Networks.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var networks = new List<EvmNetwork>(texts.Length);
            foreach (var text in texts)
            {
                if (!EvmNetwork.TryParse(text, out var network) || networks.Contains(network))
                    return None;
                networks.Add(network);
            }

            return networks.Count <= MaxNetworks ? [.. networks] : None;
        }
    }

    internal UInt256 FaucetMaxAmount => UInt256.Parse(FaucetMaxAmountAtomic);
}

/// <summary>What it does not start with.</summary>
internal sealed class FacilitatorOptionsValidator(IHostEnvironment environment) : IValidateOptions<FacilitatorOptions>
{
    public ValidateOptionsResult Validate(string? name, FacilitatorOptions options)
    {
        if (!environment.IsDevelopment())
        {
            if (!options.AllowSimulation)
            {
                return ValidateOptionsResult.Fail(
                    $"this facilitator simulates the chain, so whoever it says has paid has paid nothing, and the environment is {environment.EnvironmentName}. "
                    + "Load components/production/facilitator.yaml to use a real one, or set AgentMesh__Facilitator__AllowSimulation=true to run the simulation here.");
            }

            if (options.Faults)
                return ValidateOptionsResult.Fail("AgentMesh__Facilitator__Faults is for tests in Development.");
        }

        if (options.ParsedNetworks.Length == 0)
            return ValidateOptionsResult.Fail($"AgentMesh__Facilitator__Networks is not a list of 1 to {FacilitatorOptions.MaxNetworks} networks like eip155:84532, separated by commas.");
        return UInt256.TryParse(options.FaucetMaxAmountAtomic, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("AgentMesh__Facilitator__FaucetMaxAmountAtomic is not a uint256 in decimal digits.");
    }
}
