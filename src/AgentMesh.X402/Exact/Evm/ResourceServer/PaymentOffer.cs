using System.Text.Json;
using AgentMesh.Primitives;
using AgentMesh.X402.Codecs;
using AgentMesh.X402.Wire;

namespace AgentMesh.X402.Exact.Evm.ResourceServer;

/// <summary>What a resource costs: made anew from the route, the tool and the tenant for every request, never from a client's copy.</summary>
public sealed class PaymentOffer
{
    /// <summary>Ways to pay in one offer, which have to fit into a header beside everything else.</summary>
    public const int MaxOptions = 16;

    private readonly PaymentRequirementsV2[] _v2;
    private readonly PaymentRequirementsV1[] _v1;

    /// <summary>Takes the ways to pay, the favorite first.</summary>
    /// <param name="resource">What is paid for. Its URL is the canonical one: payments are compared with it.</param>
    /// <param name="options">1 to 16.</param>
    /// <param name="extensions">Of version 2, an object by name.</param>
    public PaymentOffer(ResourceInfo resource, IReadOnlyList<PaymentOption> options, JsonElement? extensions = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Count, MaxOptions);
        Resource = resource;
        Extensions = extensions;
        _v2 = [.. options.Select(option => option.ToV2())];
        _v1 = [.. options.Select(option => option.ToV1(resource)).OfType<PaymentRequirementsV1>()];
    }

    /// <summary>What is paid for.</summary>
    public ResourceInfo Resource { get; }

    /// <summary>The extensions that are offered.</summary>
    public JsonElement? Extensions { get; }

    /// <summary>The terms of version 2, for HTTP's header and for MCP.</summary>
    public PaymentRequiredV2 ToPaymentRequiredV2(string error) => new(Resource, _v2, error, Extensions);

    /// <summary>The terms of version 1; null when it has no name for any of the networks.</summary>
    public PaymentRequiredV1? ToPaymentRequiredV1(string error) => _v1.Length == 0 ? null : new PaymentRequiredV1(_v1, error);

    /// <summary>A 402 for clients of both versions.</summary>
    /// <param name="error">Why nothing is served: the code of a refusal.</param>
    public PaymentRequiredAnswer ToAnswer(string error) => PaymentRequiredAnswer.Create(ToPaymentRequiredV2(error), ToPaymentRequiredV1(error));

    /// <summary>
    /// The own requirements that a payment is for, of its version. In version 2 <c>accepted</c> has to be one of them, member by member,
    /// texts as texts; only its <c>extra</c> may have more. Version 1 names scheme and network alone. Refused with
    /// <see cref="X402Reasons.NoMatchingPaymentRequirements"/>.
    /// </summary>
    public Result<PaymentRequirements> Match(PaymentPayload payload)
    {
        PaymentRequirements? match = payload switch
        {
            PaymentPayloadV2 v2 => Array.Find(_v2, offered => RequirementMatching.IsAccepted(offered, v2.Accepted)),
            PaymentPayloadV1 v1 => Array.Find(_v1, offered => offered.Scheme == v1.Scheme && offered.Network == v1.Network),
            _ => null,
        };
        return match is null
            ? new Refusal(X402Reasons.NoMatchingPaymentRequirements, "The payment is for none of the ways to pay that are offered.")
            : match;
    }

    /// <summary>
    /// Whether the payment is not said to be for something else. The signature does not cover the resource, so a payment that names none
    /// can be for this one; keep with the claim of a payment what it was used for.
    /// </summary>
    public bool IsForResource(PaymentPayload payload) => payload is not PaymentPayloadV2 { Resource: { } resource } || resource.Url == Resource.Url;
}
