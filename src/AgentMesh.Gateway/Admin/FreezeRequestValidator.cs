using AgentMesh.Contracts.Tenants;
using FluentValidation;

namespace AgentMesh.Gateway.Admin;

/// <summary>What a freeze must say.</summary>
internal sealed class FreezeRequestValidator : AbstractValidator<FreezeRequest>
{
    /// <summary>Longest reason, UTF-16 units.</summary>
    public const int ReasonCharacters = 200;

    public FreezeRequestValidator() => RuleFor(request => request.Reason)
        .Must(reason => reason is { Length: > 0 and <= ReasonCharacters })
        .WithErrorCode(SpendingRefusals.InvalidReason)
        .WithMessage($"reason must be 1-{ReasonCharacters} characters.");
}
