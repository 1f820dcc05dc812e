using System.Text;
using AgentMesh.Contracts.Payments;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Outgoing;
using FluentValidation;
using FluentValidation.Results;

namespace AgentMesh.Gateway.Buying;

/// <summary>What must be there, and what the URL alone says. What may be paid is the agent's to say.</summary>
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

    public PayRequestValidator(OutgoingRules rules)
    {
        // Before an agent is asked: it would be made for nothing.
        RuleFor(request => request.Url).Custom((url, context) =>
        {
            if (rules.Read(url) is { IsRefused: true, Refusal: var refusal })
                context.AddFailure(new ValidationFailure(context.PropertyPath, refusal.Detail) { ErrorCode = refusal.Code });
        });
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
