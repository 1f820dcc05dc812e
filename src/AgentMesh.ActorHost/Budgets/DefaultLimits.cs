using AgentMesh.Agents.Budgets;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Budgets;

/// <summary>Makes the rules of the settings, and says at start which of them is none.</summary>
internal sealed class DefaultLimits : IValidateOptions<BudgetOptions>
{
    /// <summary>Whole units of each asset that agents may spend when nothing is set.</summary>
    private const uint Units = 50;

    private const string Window = "rolling:24h";

    public ValidateOptionsResult Validate(string? name, BudgetOptions options)
    {
        for (var n = 0; n < options.Defaults.Count; n++)
        {
            if (Read(options.Defaults[n]).Refusal is { } refusal)
                return ValidateOptionsResult.Fail($"AgentMesh__Budget__Defaults__{n}: {refusal.Detail}");
        }

        return Ledger.Check([.. options.Defaults.Select(limit => Read(limit).Value!)]) is { } together
            ? ValidateOptionsResult.Fail($"AgentMesh__Budget__Defaults: {together.Detail}")
            : ValidateOptionsResult.Success;
    }

    /// <summary>The rules of valid settings.</summary>
    /// <param name="options">The limits that are set.</param>
    /// <param name="token">The token that agents pay with; null: none is known.</param>
    internal static BudgetRules RulesOf(BudgetOptions options, TokenAsset? token)
    {
        if (options.Defaults.Count > 0)
            return new BudgetRules([.. options.Defaults.Select(limit => Read(limit).Value!)]);
        var usd = Of(BudgetAssets.Usd, BudgetAssets.UsdDecimals);
        return new BudgetRules(token is null ? [usd] : [usd, Of(BudgetAssets.Erc20(token.Network.ToString(), token.Address.ToString()), token.Decimals)]);
    }

    private static BudgetLimit Of(string asset, int decimals)
    {
        UInt128 amount = Units;
        for (var digit = 0; digit < decimals; digit++)
            amount = checked(amount * 10);
        return new BudgetLimit(BudgetScopes.Agent, asset, BudgetWindow.TryParse(Window)!, amount);
    }

    private static Result<BudgetLimit> Read(DefaultLimitOptions limit) => BudgetLimit.Create(limit.Scope, limit.Asset, limit.Window, limit.Limit);
}
