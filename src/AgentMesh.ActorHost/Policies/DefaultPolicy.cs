using System.Globalization;
using AgentMesh.ActorHost.Budgets;
using AgentMesh.Agents.Budgets;
using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Policies;

/// <summary>The policy of agents that have none of their own, made of the settings.</summary>
internal static class DefaultPolicy
{
    /// <summary>Makes it.</summary>
    /// <returns>The policy, or why the settings make none, in a sentence.</returns>
    internal static (SpendingPolicy? Policy, string? WhyNot) Create(PolicyOptions options, PaymentAssetOptions asset)
    {
        if (options.Document is { Length: > 0 } document)
        {
            var parsed = SpendingPolicy.Parse(document);
            return (parsed.Policy, parsed.Refusal is { } refusal ? $"{Variable(nameof(PolicyOptions.Document))}: {refusal.Detail}" : null);
        }

        if (asset.Token is not { } token)
            return (null, $"AgentMesh__Payments__Network and AgentMesh__Payments__Asset name no known token, so {Variable(nameof(PolicyOptions.Document))} has to say what agents may pay.");
        if (!TryRead(options.AllowAtMost, token, out var allow) || !TryRead(options.AskAtMost, token, out var ask) || allow > ask)
        {
            return (null, $"{Variable(nameof(PolicyOptions.AllowAtMost))} and {Variable(nameof(PolicyOptions.AskAtMost))} are amounts with at most "
                + $"{token.Decimals} decimals, such as 1.00, the first not more than the second.");
        }

        return (Of(BudgetAssets.Erc20(token.Network.ToString(), token.Address.ToString()), allow, ask), null);
    }

    private static SpendingPolicy Of(string asset, UInt128 allow, UInt128 ask)
    {
        var small = new PolicyRule("small", PolicyEffect.Allow, PaymentDirection.Out) { Assets = [asset], AmountAtMost = allow };
        var medium = new PolicyRule("medium", PolicyEffect.Ask, PaymentDirection.Out) { Assets = [asset], AmountOver = allow, AmountAtMost = ask };
        var sales = new PolicyRule("sales", PolicyEffect.Allow, PaymentDirection.In) { Assets = [asset] };
        return new SpendingPolicy([], allow == ask ? [small, sales] : [small, medium, sales], PolicyEffect.Deny);
    }

    private static bool TryRead(string text, TokenAsset token, out UInt128 amount)
    {
        amount = default;
        return DecimalAmount.TryParse(text, token.Decimals, out var wide)
            && UInt128.TryParse(wide.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out amount);
    }

    private static string Variable(string name) => $"AgentMesh__Policy__{name}";
}
