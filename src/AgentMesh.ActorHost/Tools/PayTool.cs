using System.ComponentModel;
using System.Globalization;
using System.Text;
using AgentMesh.ActorHost.Purchases;
using AgentMesh.Contracts.Agents;
using AgentMesh.Primitives;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Tools;

/// <summary>Buying as a tool. What may be paid is the policy's and the budget's to say, whatever a model or a page talks it into.</summary>
internal static class PayTool
{
    internal const string Name = "pay_url";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Makes it.</summary>
    internal static AgentTool Create(PurchaseActors actors, PurchaseServices purchases, TimeProvider time) => AgentTool.Of(
        (
            [Description("The absolute http or https URL.")] string url,
            ToolContext context,
            [Description("The most that may be paid, such as 0.10. Default 0: nothing.")] string maxAmount = "0",
            [Description("A body of JSON, which is sent by POST. Without one the URL is fetched by GET.")] string? body = null,
            CancellationToken cancellationToken = default) =>
            BuyAsync(actors, purchases.Asset, time, new Wanted(url, maxAmount, body), context, cancellationToken),
        Name,
        "Calls a URL and reads its answer. When it asks for a payment by x402, it is paid once from your own wallet, up to maxAmount in US dollars (USDC).");

    private static async Task<string> BuyAsync(
        PurchaseActors actors, TokenAsset? asset, TimeProvider time, Wanted wanted, ToolContext context, CancellationToken cancellationToken)
    {
        if (asset is null || !DecimalAmount.TryParse(wanted.MaxAmount, asset.Decimals, out var most))
            return "Not called: maxAmount is an amount such as 0.10.";
        var agent = context.Agent.ToString();
        var order = new BeginPurchase(
            context.RequestIdOf(wanted.ToString()), null, wanted.Url, wanted.Body is null ? "GET" : "POST",
            wanted.Body is { } body ? Convert.ToBase64String(Encoding.UTF8.GetBytes(body)) : null, wanted.Body is null ? null : "application/json",
            most.ToString(), null, context.SessionId, Name, context.TurnId);
        var asked = await actors.BeginAsync(agent, order, cancellationToken);
        var pause = FirstPause;
        // Ends with the call's time at the latest; the purchase goes on, and a repeat of the call finds it.
        while (asked is { IsRefused: false, Value.IsPending: true })
        {
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            asked = await actors.GetAsync(agent, asked.Value.Id, cancellationToken);
        }

        return ToText(asked, asset);
    }

    private static string ToText(Result<PurchaseView> bought, TokenAsset asset)
    {
        if (bought.IsRefused)
            return $"Not called: {bought.Refusal.Detail}";
        var view = bought.Value;
        if (view.Status is not { } status)
            return $"No answer ({view.Reason}): {view.Detail}";
        var paid = view.Payment is { } payment
            ? $"paid {DecimalAmount.Format(Evm.UInt256.Parse(payment.AmountAtomic), payment.Decimals)} {asset.Symbol}, {payment.State}"
            : "nothing paid";
        return string.Create(CultureInfo.InvariantCulture, $"HTTP {status}, {paid}.\n{Encoding.UTF8.GetString(Convert.FromBase64String(view.Body!))}");
    }

    private sealed record Wanted(string Url, string MaxAmount, string? Body);
}
