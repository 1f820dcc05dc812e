using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentMesh.Agents.Budgets;

/// <summary>Names of what is spent, each in one spelling only, so that no limit is slipped past by another one.</summary>
public static partial class BudgetAssets
{
    /// <summary>The cost of models, in micro-USD: 6 decimals.</summary>
    public const string Usd = "USD";

    /// <summary>Decimals of <see cref="Usd"/>.</summary>
    public const int UsdDecimals = 6;

    /// <summary>The CAIP-19 name of a token.</summary>
    /// <param name="network">The chain as CAIP-2, such as <c>eip155:84532</c>.</param>
    /// <param name="contract">The contract's address, in any case.</param>
    public static string Erc20(string network, string contract) =>
        string.Create(CultureInfo.InvariantCulture, $"{network}/erc20:{contract}").ToLowerInvariant();

    /// <summary>True for a name in its one spelling.</summary>
    public static bool IsCanonical(string asset) => asset == Usd || asset.Length <= BudgetBounds.AssetCharacters && Erc20Name().IsMatch(asset);

    // CAIP-19 of EVM chains, whose addresses are the same in any case: lower case here. Decimal numbers of chains begin with no zero.
    [GeneratedRegex(@"\Aeip155:[1-9][0-9]{0,31}/erc20:0x[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Erc20Name();
}
