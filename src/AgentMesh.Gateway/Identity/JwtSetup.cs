using System.Security.Claims;
using AgentMesh.Primitives;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace AgentMesh.Gateway.Identity;

/// <summary>Sets ASP.NET Core's bearer authentication to what <see cref="JwtOptions"/> says. Nothing of a token is believed that is not said there.</summary>
internal sealed class JwtSetup(IOptions<AuthOptions> auth, TimeProvider time, ILoggerFactory loggers) : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly JwtOptions _jwt = auth.Value.Jwt;

    public void Configure(string? name, JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TimeProvider = time;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = _jwt.ListAlgorithms(),
            ValidAudience = _jwt.Audience,
            ValidIssuer = _jwt.Issuer,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = ClockSkew,
            LifetimeValidator = IsAlive,
        };
        if (_jwt.Authority is { Length: > 0 } authority)
        {
            options.Authority = authority;
            options.RequireHttpsMetadata = new Uri(authority).Scheme == Uri.UriSchemeHttps;
        }
        else
        {
            var file = new JwksFile(_jwt.JwksFile!, time, loggers.CreateLogger<JwksFile>());
            options.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, keyId, _) => file.Keys.Where(key => string.IsNullOrEmpty(keyId) || key.KeyId == keyId);
        }

        options.Events = new JwtBearerEvents { OnTokenValidated = SetCaller };
    }

    public void Configure(JwtBearerOptions options) => Configure(Options.DefaultName, options);

    // The library reads the machine's clock.
    private bool IsAlive(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is not { } start || now >= start - ClockSkew);
    }

    private Task SetCaller(TokenValidatedContext context)
    {
        if (ToCaller(context.Principal!) is { } caller)
            context.Principal = new CallerPrincipal(caller with { EndsAt = new DateTimeOffset(context.SecurityToken.ValidTo, TimeSpan.Zero) + ClockSkew }, context.Scheme.Name);
        else
            context.Fail("The token names no tenant or no user.");
        return Task.CompletedTask;
    }

    private Caller? ToCaller(ClaimsPrincipal principal)
    {
        var name = principal.HasClaim(claim => claim.Type == _jwt.TenantClaim) ? Single(principal, _jwt.TenantClaim) : _jwt.Tenant;
        if (Single(principal, _jwt.UserClaim) is not { } subject || !TenantId.TryParse(name, out var tenant))
            return null;
        // "scope" is one text with spaces (RFC 9068), "scp" that or a list.
        var scopes = principal.Claims.Where(claim => claim.Type is "scope" or "scp").SelectMany(claim => claim.Value.Split(' ')).ToHashSet(StringComparer.Ordinal);
        var isOperator = scopes.Contains(_jwt.OperatorScope);
        return new Caller(tenant, SubjectNames.ToUser(subject), scopes.Contains(_jwt.UserScope), isOperator || scopes.Contains(_jwt.AdminScope), isOperator);
    }

    /// <summary>The claim when it is there once and says something. Twice it is nobody's.</summary>
    private static string? Single(ClaimsPrincipal principal, string type) =>
        principal.FindAll(type).ToList() is [{ Value: { Length: > 0 } value }] ? value : null;
}
