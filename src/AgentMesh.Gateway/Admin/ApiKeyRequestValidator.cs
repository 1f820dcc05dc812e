using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using FluentValidation;

namespace AgentMesh.Gateway.Admin;

/// <summary>What of a key is known before it is made; what a name is, the tenant's keys know.</summary>
internal sealed class ApiKeyRequestValidator : AbstractValidator<ApiKeyRequest>
{
    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body)
    {
        var scopes = Schema.List(Schema.OneOf(ApiKeyScopes.All), 1, ApiKeyScopes.All.Count);
        scopes["uniqueItems"] = true;
        body
            .Required("name", Schema.Text(1, 64, @"\S"))
            .Optional("user", Schema.Name())
            .Required("scopes", scopes)
            .Optional("expiresAt", Schema.Time());
    }

    public ApiKeyRequestValidator()
    {
        RuleFor(request => request.Name).NotEmpty().WithErrorCode(ApiKeyCodes.InvalidApiKeyRequest).WithMessage("name must be 1-64 printable characters.");
        RuleFor(request => request.User).Must(user => user is null || UserId.TryParse(user, out _))
            .WithErrorCode(ApiKeyCodes.InvalidApiKeyRequest).WithMessage("user must be a user id, or nothing for all users of the tenant.");
        RuleFor(request => request.Scopes).Must(scopes => scopes is { Count: > 0 } && scopes.Distinct().Count() == scopes.Count && scopes.All(scope => ApiKeyScopes.All.Contains(scope)))
            .WithErrorCode(ApiKeyCodes.InvalidApiKeyRequest).WithMessage("scopes must be user, admin or both.");
    }
}
