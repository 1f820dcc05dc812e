using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Evm;
using AgentMesh.Gateway.Edge;
using AgentMesh.Primitives;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using AgentMesh.X402.ProtocolExtensions;
using AgentMesh.X402.Wire;

namespace AgentMesh.Gateway.Selling;

/// <summary>A paid tool of an agent, at one of its doors: what it costs there, and what the app <c>payments</c> is asked to do for a payment.</summary>
internal sealed class PaidToolOffer
{
    private readonly AgentKey _agent;
    private readonly PaidTool _tool;
    private readonly PurchaseOption _option;

    /// <summary>Made anew for every request, of what the agent says, and of nothing that a client wrote.</summary>
    /// <param name="agent">Who sells.</param>
    /// <param name="payTo">The address of its wallet.</param>
    /// <param name="tool">What.</param>
    /// <param name="resource">The door: a payment for another one is refused.</param>
    /// <param name="options">The token that prices are paid in.</param>
    public PaidToolOffer(AgentKey agent, string payTo, PaidTool tool, ResourceInfo resource, SellingOptions options)
    {
        (_agent, _tool) = (agent, tool);
        var token = options.Token!;
        var way = PaymentOption.FromUsd(token, tool.PriceUsd, EvmAddress.Parse(payTo), options.MaxTimeoutSeconds);
        Terms = new PaymentOffer(resource, [way], PaymentIdentifier.Offer(required: false));
        _option = new PurchaseOption(token.Network.ToString(), token.Address.ToString(), way.AmountAtomic.ToString(), payTo, options.MaxTimeoutSeconds);
    }

    /// <summary>The terms.</summary>
    public PaymentOffer Terms { get; }

    /// <summary>Why a payment that is not over has no answer. Never with the terms: whoever signed again might pay twice.</summary>
    public static Refusal NotOver(PurchaseOutcome outcome) =>
        new(outcome.Reason ?? PaymentRefusals.PaymentUnknown, $"{outcome.Detail ?? "The payment is not over."} Payment {outcome.PaymentId}.");

    /// <summary>The call of the tool, with the payment that came with it.</summary>
    /// <param name="arguments">Of the tool.</param>
    /// <param name="paymentSignature">The payment, as the text of the header of version 2; null: it is of version 1.</param>
    /// <param name="xPayment">The payment, as the text of the header of version 1; null: it is of version 2.</param>
    /// <param name="waitSeconds">How long the answer may take; null: as long as the app waits.</param>
    public Purchase ToPurchase(IDictionary<string, JsonElement> arguments, string? paymentSignature, string? xPayment, int? waitSeconds = null)
    {
        var body = JsonSerializer.Serialize(arguments, GatewayJson.Answers.IDictionaryStringJsonElement);
        return new Purchase(
            _agent.ToString(),
            new PurchaseResource(Terms.Resource.Url, Terms.Resource.Description, Terms.Resource.MimeType),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))),
            body,
            null,
            paymentSignature,
            xPayment,
            [_option],
            waitSeconds,
            _tool.Name);
    }
}
