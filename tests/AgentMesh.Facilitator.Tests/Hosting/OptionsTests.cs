using AgentMesh.Facilitator.Hosting;
using AgentMesh.Testing;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.Facilitator.Tests.Hosting;

/// <summary>Where it does not start, and what it says then.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("Development", false, false, null)]
    [InlineData("Development", false, true, null)]
    [InlineData("Production", false, false, "has paid nothing")]
    [InlineData("Staging", false, false, "AgentMesh__Facilitator__AllowSimulation=true")]
    [InlineData("Production", true, false, null)]
    [InlineData("Production", true, true, "Faults is for tests")]
    public void OutsideDevelopment_ItHasToBeAllowed(string environment, bool allowed, bool faults, string? refusal)
    {
        var options = new FacilitatorOptions { AllowSimulation = allowed, Faults = faults };
        var result = Validator(environment).Validate(null, options);
        if (refusal is null)
            Assert.True(result.Succeeded, result.FailureMessage);
        else
            Assert.Contains(refusal, result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eip155:84532", 1)]
    [InlineData("eip155:84532, eip155:8453,", 2)]
    [InlineData("", 0)]
    [InlineData("base-sepolia", 0)]
    [InlineData("eip155:84532,eip155:84532", 0)]
    [InlineData("eip155:1,eip155:2,eip155:3,eip155:4,eip155:5,eip155:6,eip155:7,eip155:8,eip155:9,eip155:10,eip155:11,eip155:12,eip155:13,eip155:14,eip155:15,eip155:16", 16)]
    [InlineData("eip155:1,eip155:2,eip155:3,eip155:4,eip155:5,eip155:6,eip155:7,eip155:8,eip155:9,eip155:10,eip155:11,eip155:12,eip155:13,eip155:14,eip155:15,eip155:16,eip155:17", 0)]
    public void Networks_AreAList(string text, int count)
    {
        var options = new FacilitatorOptions { Networks = text };
        Assert.Equal(count, options.ParsedNetworks.Length);
        Assert.Equal(count > 0, Validator("Development").Validate(null, options).Succeeded);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1.5", false)]
    public void FaucetsMost_IsAnAmount(string text, bool valid) =>
        Assert.Equal(valid, Validator("Development").Validate(null, new FacilitatorOptions { FaucetMaxAmountAtomic = text }).Succeeded);

    [Theory]
    [InlineData(null, null, "APP_API_TOKEN and DAPR_API_TOKEN")]
    [InlineData("a", null, "needs DAPR_API_TOKEN")]
    [InlineData(null, "d", "needs APP_API_TOKEN")]
    public async Task OutsideDevelopment_ItDoesNotStartWithoutTokens(string? appToken, string? daprToken, string reason)
    {
        var (exitCode, error) = await AppStart.RunAsync(
            "AgentMesh.Facilitator", TestContext.Current.CancellationToken, ("ASPNETCORE_ENVIRONMENT", "Production"), ("AgentMesh__Facilitator__AllowSimulation", "true"),
            ("APP_API_TOKEN", appToken), ("DAPR_API_TOKEN", daprToken));
        Assert.Equal(1, exitCode);
        Assert.Contains(reason, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static FacilitatorOptionsValidator Validator(string environment) => new(new Host(environment));

    private sealed class Host(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "AgentMesh.Facilitator";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
