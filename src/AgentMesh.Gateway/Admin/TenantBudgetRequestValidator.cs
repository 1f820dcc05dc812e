using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Admin;

/// <summary>What limits of a tenant must be, as far as can be said here; what a window and an asset are, the tenant knows.</summary>
internal sealed class TenantBudgetRequestValidator : AbstractValidator<TenantBudgetRequest>
{
    /// <summary>Limits of a tenant.</summary>
    public const int Limits = 8;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body.Required("limits", Schema.List(
        Schema.Object(("asset", Schema.Text(1, pattern: @"\S")), ("window", Schema.Text(1, pattern: @"\S")), ("limit", AmountText.Describe())), 0, Limits));

    public TenantBudgetRequestValidator()
    {
        RuleFor(request => request.Limits).Must(limits => limits is { Count: <= Limits } && !limits.Contains(null!))
            .WithErrorCode(AgentRefusals.InvalidBudget).WithMessage($"limits must be at most {Limits} objects with asset, window and limit.");
        RuleForEach(request => request.Limits).ChildRules(limit =>
        {
            limit.RuleFor(one => one.Asset).NotEmpty().WithErrorCode(AgentRefusals.InvalidBudget).WithMessage("asset must be USD, or a token in CAIP-19.");
            limit.RuleFor(one => one.Window).NotEmpty().WithErrorCode(AgentRefusals.InvalidBudget)
                .WithMessage("window must be once, rolling:24h, calendar:day:Europe/Berlin or the like.");
            limit.RuleFor(one => one.Limit).Must(AmountText.IsAmount)
                .WithErrorCode(AgentRefusals.InvalidBudget).WithMessage("limit must be atomic units in decimal digits.");
        });
    }
}
