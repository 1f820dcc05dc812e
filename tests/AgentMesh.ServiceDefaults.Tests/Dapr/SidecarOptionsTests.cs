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

    [Theory]
    [InlineData("http://localhost:3500", "http://localhost:3500/v1.0/state")]
    [InlineData("https://dapr.example.org/", "https://dapr.example.org/v1.0/state")]
    [InlineData("https://example.org/dapr", "https://example.org/dapr/v1.0/state")]
    public void Client_KeepsThePathOfTheEndpoint(string endpoint, string expected)
    {
        using var client = From(("DAPR_HTTP_ENDPOINT", endpoint)).CreateClient(TimeSpan.FromSeconds(7));
        Assert.Equal(expected, new Uri(client.BaseAddress!, "v1.0/state").AbsoluteUri);
        Assert.Equal(TimeSpan.FromSeconds(7), client.Timeout);
    }

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData(null, null)]
    public void Client_SendsTheSidecarsToken_AndNeverTheApps(string? api, string? expected)
    {
        using var client = From(("DAPR_API_TOKEN", api), ("APP_API_TOKEN", "other")).CreateClient(TimeSpan.FromSeconds(1));
        Assert.Equal(expected, client.DefaultRequestHeaders.TryGetValues("dapr-api-token", out var values) ? Assert.Single(values) : null);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("http://dapr.example.org", null, true)]
    [InlineData("HTTP://dapr.example.org", "false", true)]
    [InlineData(null, "0", true)]
    [InlineData(null, "true", false)]
    [InlineData(null, "1", false)]
    [InlineData(null, "On", false)]
    [InlineData("https://dapr.example.org", null, false)]
    public void CallsShareConnections_WhereTheSidecarHasHttp2WithPriorKnowledge(string? endpoint, string? disabled, bool expected)
    {
        var options = From(("DAPR_HTTP_ENDPOINT", endpoint), ("DAPR_HTTP_DISABLE_H2C", disabled));
        Assert.Equal(expected, options.IsH2c);
        using var sockets = new SocketsHttpHandler();
        Assert.Equal(expected, !ReferenceEquals(sockets, options.ShareConnections(sockets)));
    }

    private static SidecarOptions From(params (string Name, string? Value)[] settings) => SidecarOptions.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))).Build());
}
