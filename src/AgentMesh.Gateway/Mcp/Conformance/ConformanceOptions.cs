using AgentMesh.Gateway.Identity;
using Microsoft.Extensions.Options;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>Section <c>AgentMesh:Conformance</c>.</summary>
internal sealed class ConformanceOptions
{
    public const string Section = "AgentMesh:Conformance";

    /// <summary>Adds to the agent <c>conformance</c> what the official conformance suite of MCP asks of a server. Default false.</summary>
    public bool Enabled { get; set; }
}

/// <summary>Keeps the tools of a test out of everything but a test.</summary>
internal sealed class ConformanceOptionsValidator(IHostEnvironment environment, IConfiguration configuration) : IValidateOptions<ConformanceOptions>
{
    public ValidateOptionsResult Validate(string? name, ConformanceOptions options) =>
        !options.Enabled || environment.IsDevelopment() && configuration[$"{AuthOptions.Section}:{nameof(AuthOptions.Mode)}"] is null or AuthOptions.Development
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"AgentMesh__Conformance__Enabled=true is for tests, with ASPNETCORE_ENVIRONMENT=Development and AgentMesh__Auth__Mode=Development, whose door lets "
                + $"in this machine alone; the environment is {environment.EnvironmentName}.");
}
