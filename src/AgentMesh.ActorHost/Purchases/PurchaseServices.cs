using System.Security.Cryptography;
using AgentMesh.ActorHost.Budgets;
using AgentMesh.ServiceDefaults.Outgoing;
using AgentMesh.X402.Networks;

namespace AgentMesh.ActorHost.Purchases;

/// <summary>What the purchases of all agents of the process share.</summary>
internal sealed class PurchaseServices(PurchaseRunner runner, PromisedFunds promised, OutgoingAllowList allowed, OutgoingRules rules, PaymentAssetOptions asset) : IDisposable
{
    public PurchaseRunner Runner => runner;

    /// <summary>What tenants have set aside for payments of which it is not known yet whether they are made.</summary>
    public PromisedFunds Promised => promised;

    /// <summary>What may be called.</summary>
    public OutgoingRules Rules => rules;

    /// <summary>What is paid with when nobody says; null: the settings name no known token.</summary>
    public TokenAsset? Asset => asset.Token;

    /// <summary>Makes nonces.</summary>
    public RandomNumberGenerator Random { get; } = RandomNumberGenerator.Create();

    /// <summary>Whether a payment may be sent there: anybody on the way could take it from plain http, but for places that the configuration names.</summary>
    public bool IsSafe(Uri url) => url.Scheme == Uri.UriSchemeHttps || allowed.HasPlace(url.IdnHost, url.Port);

    public void Dispose() => Random.Dispose();
}
