using System.Text.RegularExpressions;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;
using FluentValidation.Results;

namespace AgentMesh.Gateway.Budgets;

/// <summary>What the members of limits must look like. Whether the system knows a time zone is the agent's to say.</summary>
internal sealed partial class BudgetRequestValidator : AbstractValidator<BudgetRequest>
{
    /// <summary>Limits of one agent.</summary>
    public const int MaxLimits = 32;

    private const string ScopePattern = "(agent|session:(default|[a-z2-7]{26})|tool:[a-zA-Z0-9_-]{1,64})";

    private const string AssetPattern = "(USD|eip155:[1-9][0-9]{0,31}/erc20:0x[0-9a-f]{40})";

    private const string WindowPattern = "(once|rolling:[1-9][0-9]{0,4}[hm]|calendar:(day|week|month):[a-zA-Z0-9_+/-]{1,64})";

    public BudgetRequestValidator() => RuleFor(request => request).Custom((request, context) =>
    {
        if (request.Limits is not { Count: <= MaxLimits } limits)
        {
            context.AddFailure(Failure("limits", $"limits must be a list of at most {MaxLimits}."));
            return;
        }

        for (var n = 0; n < limits.Count; n++)
        {
            foreach (var failure in Check($"limits[{n}]", limits[n]))
                context.AddFailure(failure);
        }

        if (limits.DistinctBy(limit => (limit?.Scope, limit?.Asset, limit?.Window)).Count() < limits.Count)
            context.AddFailure(Failure("limits", "Each scope, asset and window has one limit."));
    });

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body) => body.Required("limits", Schema.List(
        Schema.Object(
            ("scope", Schema.Text(pattern: $"^{ScopePattern}$")), ("asset", Schema.Text(pattern: $"^{AssetPattern}$")), ("window", Schema.Text(pattern: $"^{WindowPattern}$")),
            ("limit", AmountText.Describe())),
        0, MaxLimits));

    private static IEnumerable<ValidationFailure> Check(string name, LimitRequest? limit)
    {
        if (limit is null)
        {
            yield return Failure(name, $"{name} must be an object.");
            yield break;
        }

        if (limit.Scope is null || !IsScope(limit.Scope))
            yield return Failure(name + ".scope", $"{name}.scope must be agent, session:{{id}} or tool:{{name}}.");
        if (limit.Asset is null || !Asset().IsMatch(limit.Asset))
            yield return Failure(name + ".asset", $"{name}.asset must be USD, or a token such as eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e in lower case.");
        if (limit.Window is null || !Window().IsMatch(limit.Window))
            yield return Failure(name + ".window", $"{name}.window must be once, rolling:24h, rolling:90m (at most 744h), or calendar:day:, calendar:week: or calendar:month: and an IANA time zone.");
        if (!AmountText.IsAmount(limit.Limit))
            yield return Failure(name + ".limit", $"{name}.limit must be a whole number of atomic units below 2^128, as text of decimal digits.");
    }

    /// <summary>True for a scope of a limit; there need not be such a session or tool.</summary>
    internal static bool IsScope(string scope) => Scope().IsMatch(scope);

    private static ValidationFailure Failure(string name, string message) => new(name, message) { ErrorCode = AgentRefusals.InvalidBudget };

    [GeneratedRegex(@"\A" + ScopePattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Scope();

    [GeneratedRegex(@"\A" + AssetPattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Asset();

    [GeneratedRegex(@"\A" + WindowPattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Window();
}
