using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.Extensions.Configuration;

namespace AgentMesh.ServiceDefaults.Tests.Dapr;

public sealed class SidecarOptionsTests
{
    [Theory]
    [InlineData(null, null, "http://localhost:3500")]
    [InlineData(null, "3501", "http://localhost:3501")]
    [InlineData("https://dapr.example.org/", "3501", "https://dapr.example.org")]
    [InlineData("", " ", "http://localhost:3500")]
    public void Endpoint_IsDaprsOwnRule(string? endpoint, string? port, string expected) =>
        Assert.Equal(expected, From(("DAPR_HTTP_ENDPOINT", endpoint), ("DAPR_HTTP_PORT", port)).HttpEndpoint);

    [Fact]
    public void Text_HoldsNoTokens()
    {
        var options = From(("DAPR_API_TOKEN", "secret"), ("APP_API_TOKEN", "secret"));
        Assert.Equal("secret", options.ApiToken);
        Assert.Equal("secret", options.AppToken);
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
    }

    private static SidecarOptions From(params (string Name, string? Value)[] settings) => SidecarOptions.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build());
}
