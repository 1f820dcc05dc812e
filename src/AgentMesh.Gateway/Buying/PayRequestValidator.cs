using System.Text;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Buying;

/// <summary>What must be there. What may be called and paid is the agent's to say.</summary>
internal sealed class PayRequestValidator : AbstractValidator<PayRequest>
{
    /// <summary>Longest body, bytes of UTF-8.</summary>
    internal const int MaxBodyBytes = 256 * 1024;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body
        .Required("url", Schema.Text(1, pattern: @"\S"))
        .Optional("method", Schema.Text())
        .Optional("body", Schema.Bytes(0, MaxBodyBytes))
        .Optional("contentType", Schema.Text())
        .Required("maxAmount", Schema.Text(1, pattern: @"\S"))
        .Optional("asset", Schema.Text());

    public PayRequestValidator()
    {
        RuleFor(request => request.Url)
            .NotEmpty().WithErrorCode(PurchaseCodes.UrlNotAllowed).WithMessage("url must be an absolute URL.");
        RuleFor(request => request.MaxAmount)
            .NotEmpty().WithErrorCode(PaymentRefusals.InvalidPurchase).WithMessage("maxAmount must be atomic units of the asset, a text of decimal digits.");
        RuleFor(request => request.Body)
            .Must(body => body is null || Encoding.UTF8.GetByteCount(body) <= MaxBodyBytes)
            .WithErrorCode(PaymentRefusals.InvalidPurchase)
            .WithMessage($"body must be at most {MaxBodyBytes} bytes.");
        RuleFor(request => request.ContentType)
            .Must((request, type) => type is null || request.Body is not null)
            .WithErrorCode(PaymentRefusals.InvalidPurchase)
            .WithMessage("contentType belongs to a body.");
    }
}
