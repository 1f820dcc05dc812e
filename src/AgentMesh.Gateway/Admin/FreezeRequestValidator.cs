using AgentMesh.Contracts.Tenants;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Admin;

/// <summary>What a freeze must say.</summary>
internal sealed class FreezeRequestValidator : AbstractValidator<FreezeRequest>
{
    /// <summary>Longest reason, UTF-16 units.</summary>
    public const int ReasonCharacters = 200;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body.Required("reason", Schema.Text(1, ReasonCharacters));

    public FreezeRequestValidator() => RuleFor(request => request.Reason)
        .Must(reason => reason is { Length: > 0 and <= ReasonCharacters })
        .WithErrorCode(SpendingRefusals.InvalidReason)
        .WithMessage($"reason must be 1-{ReasonCharacters} characters.");
}
