using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Budgets;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Policies;

/// <summary>A payment that is not made, to be judged.</summary>
/// <param name="Direction"><c>out</c> or <c>in</c>; null: <c>out</c>.</param>
/// <param name="Payee">The address that is paid.</param>
/// <param name="Host">The host that asks for it; null: none.</param>
/// <param name="Asset">CAIP-19 of the token.</param>
/// <param name="Amount">Atomic units, decimal digits.</param>
/// <param name="SessionId">The session that it would be made in; null: none, as with <c>POST …/pay</c>.</param>
/// <param name="Tool">The tool that would make it, such as <c>pay_url</c>; null: none.</param>
internal sealed record EvaluatePolicyRequest(
    string? Direction, string? Payee, string? Host, string? Asset, string? Amount, string? SessionId = null, string? Tool = null);

/// <summary>What must be there. Texts that name nothing are for the policy to judge: it denies them.</summary>
internal sealed class EvaluatePolicyRequestValidator : AbstractValidator<EvaluatePolicyRequest>
{
    /// <summary>2^128 - 1.</summary>
    private const int AmountDigits = 39;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body
        .Optional("direction", Schema.OneOf(PaymentDirections.Out, PaymentDirections.In))
        .Required("payee", Schema.Text(1, pattern: @"\S"))
        .Optional("host", Schema.Text())
        .Required("asset", Schema.Text(1, pattern: @"\S"))
        .Required("amount", Schema.Text(1, AmountDigits, "^(0|[1-9][0-9]*)$"))
        .Optional("sessionId", Schema.Text(pattern: "^(default|[a-z2-7]{26})$"))
        .Optional("tool", Schema.Text(pattern: "^[a-zA-Z0-9_-]{1,64}$"));

    public EvaluatePolicyRequestValidator()
    {
        RuleFor(request => request.Direction)
            .Must(direction => direction is null or PaymentDirections.Out or PaymentDirections.In)
            .WithErrorCode(EdgeRefusals.InvalidRequest)
            .WithMessage($"direction must be {PaymentDirections.Out} or {PaymentDirections.In}.");
        RuleFor(request => request.Payee).NotEmpty().WithErrorCode(EdgeRefusals.InvalidRequest).WithMessage("payee must be an address.");
        RuleFor(request => request.Asset)
            .NotEmpty()
            .WithErrorCode(EdgeRefusals.InvalidRequest)
            .WithMessage("asset must be a token's CAIP-19, such as eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e.");
        RuleFor(request => request.Amount)
            .Must(amount => amount is { Length: >= 1 and <= AmountDigits } and not ['0', _, ..] && amount.All(char.IsAsciiDigit))
            .WithErrorCode(EdgeRefusals.InvalidRequest)
            .WithMessage("amount must be a text of decimal digits, atomic units below 2^128.");
        RuleFor(request => request.SessionId)
            .Must(id => id is null || BudgetRequestValidator.IsScope($"session:{id}"))
            .WithErrorCode(EdgeRefusals.InvalidRequest)
            .WithMessage("sessionId must be the id of a session.");
        RuleFor(request => request.Tool)
            .Must(tool => tool is null || BudgetRequestValidator.IsScope($"tool:{tool}"))
            .WithErrorCode(EdgeRefusals.InvalidRequest)
            .WithMessage("tool must be the name of a tool.");
    }
}
