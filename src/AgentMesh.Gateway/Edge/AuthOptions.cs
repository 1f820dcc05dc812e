using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Edge;

/// <summary>How callers prove who they are.</summary>
internal sealed class AuthOptions
{
    public const string Section = "AgentMesh:Auth";

    /// <summary>The local caller is owner and admin of everything; loopback only.</summary>
    public const string Development = "Development";

    /// <summary><c>AgentMesh__Auth__Mode</c>. Unset means <see cref="Development"/> in the Development environment and nothing elsewhere.</summary>
    public string? Mode { get; set; }
}

/// <summary>Keeps an unprotected gateway from starting.</summary>
internal sealed class AuthOptionsValidator(IHostEnvironment environment) : IValidateOptions<AuthOptions>
{
    // ApiKey and Jwt get their rows here when they are built.
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var mode = options.Mode;
        if (mode is not (null or AuthOptions.Development))
        {
            return ValidateOptionsResult.Fail(
                $"AgentMesh__Auth__Mode={mode} is not available: this version knows Development only; ApiKey and Jwt are to come.");
        }

        return environment.IsDevelopment()
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"the environment is {environment.EnvironmentName}, and outside Development the gateway needs authentication. "
                + "This version has AgentMesh__Auth__Mode=Development only, which is for ASPNETCORE_ENVIRONMENT=Development; ApiKey and Jwt are to come.");
    }
}
