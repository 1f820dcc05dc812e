using System.Globalization;

namespace AgentMesh.Agents.Budgets;

/// <summary>Names of what is spent, each in one spelling only, so that no limit is slipped past by another one.</summary>
public static class BudgetAssets
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

    /// <summary>The one spelling of a token's CAIP-19 name; null when it is none.</summary>
    public static string? TokenOf(string name) => ChainNames.Asset(name);

    /// <summary>True for a name in its one spelling.</summary>
    public static bool IsCanonical(string asset) => asset == Usd || ChainNames.Asset(asset) == asset;
}
