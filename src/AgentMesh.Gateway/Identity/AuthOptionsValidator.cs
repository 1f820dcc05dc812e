using AgentMesh.Primitives;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AgentMesh.Gateway.Identity;

/// <summary>Keeps an unprotected gateway from starting, and one that would let nobody in.</summary>
internal sealed class AuthOptionsValidator(IHostEnvironment environment) : IValidateOptions<AuthOptions>
{
    /// <summary>Shortest bootstrap key.</summary>
    private const int BootstrapKeyLength = 32;

    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public ValidateOptionsResult Validate(string? name, AuthOptions options) =>
        WhyNot(options) is { } why ? ValidateOptionsResult.Fail(why) : ValidateOptionsResult.Success;

    private string? WhyNot(AuthOptions options) => options.Mode switch
    {
        null or AuthOptions.Development => environment.IsDevelopment()
            ? null
            : $"the environment is {environment.EnvironmentName}, and outside Development the gateway needs authentication: AgentMesh__Auth__Mode=ApiKey or Jwt. "
                + "AgentMesh__Auth__Mode=Development is for ASPNETCORE_ENVIRONMENT=Development.",
        AuthOptions.ApiKeyMode => options.BootstrapKey is null or { Length: >= BootstrapKeyLength }
            ? null
            : $"AgentMesh__Auth__BootstrapKey is at least {BootstrapKeyLength} characters that nobody can guess, such as those of openssl rand -hex 32.",
        AuthOptions.JwtMode => WhyNot(options.Jwt),
        _ => $"AgentMesh__Auth__Mode={options.Mode} is not available: Development, ApiKey and Jwt are.",
    };

    private static string? WhyNot(JwtOptions jwt)
    {
        var (hasAuthority, hasFile) = (!string.IsNullOrWhiteSpace(jwt.Authority), !string.IsNullOrWhiteSpace(jwt.JwksFile));
        if (hasAuthority == hasFile)
            return "AgentMesh__Auth__Mode=Jwt needs AgentMesh__Auth__Jwt__Authority or AgentMesh__Auth__Jwt__JwksFile, and not both.";
        if (hasAuthority && !IsAuthority(jwt.Authority!))
            return "AgentMesh__Auth__Jwt__Authority is the https URL of an OpenID Connect issuer; http is for this machine only.";
        if (hasFile && JwksFile.WhyUnreadable(jwt.JwksFile!) is { } why)
            return $"AgentMesh__Auth__Jwt__JwksFile {why}.";
        if (hasFile && string.IsNullOrWhiteSpace(jwt.Issuer))
            return "AgentMesh__Auth__Jwt__JwksFile needs AgentMesh__Auth__Jwt__Issuer, the iss of the tokens.";
        if (string.IsNullOrWhiteSpace(jwt.Audience))
            return "AgentMesh__Auth__Mode=Jwt needs AgentMesh__Auth__Jwt__Audience: tokens for other services must not open this one.";
        if (jwt.ListAlgorithms() is var algorithms && (algorithms.Length == 0 || algorithms.Except(Asymmetric).Any()))
            return $"AgentMesh__Auth__Jwt__Algorithms are some of {string.Join(", ", Asymmetric)}.";
        if (jwt.Tenant is not null && !TenantId.TryParse(jwt.Tenant, out _))
            return "AgentMesh__Auth__Jwt__Tenant is not a tenant.";
        string[] scopes = [jwt.UserScope, jwt.AdminScope, jwt.OperatorScope];
        return scopes.Concat([jwt.TenantClaim, jwt.UserClaim]).Any(string.IsNullOrWhiteSpace) || scopes.Distinct(StringComparer.Ordinal).Count() < scopes.Length
            ? "AgentMesh__Auth__Jwt__TenantClaim, UserClaim, UserScope, AdminScope and OperatorScope are names, and no two scopes are the same."
            : null;
    }

    private static bool IsAuthority(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp && url.IsLoopback) && url.Query.Length == 0 && url.Fragment.Length == 0;
}
