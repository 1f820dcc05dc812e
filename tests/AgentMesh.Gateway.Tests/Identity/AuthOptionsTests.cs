using AgentMesh.Gateway.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.Gateway.Tests.Identity;

/// <summary>Which settings a gateway starts with; the others it names.</summary>
public sealed class AuthOptionsTests
{
    private const string Issuer = "Mode=Jwt Jwt:Audience=a Jwt:Authority=https://issuer.example.org";

    [Theory]
    [InlineData("Development", "", null)]
    [InlineData("Development", "Mode=Development", null)]
    [InlineData("Production", "", "needs authentication")]
    [InlineData("Production", "Mode=Development", "needs authentication")]
    [InlineData("Production", "Mode=None", "not available")]
    [InlineData("Production", "Mode=ApiKey", null)]
    [InlineData("Development", "Mode=ApiKey", null)]
    [InlineData("Production", "Mode=ApiKey BootstrapKey=0123456789abcdef0123456789abcde", "at least 32 characters")]
    [InlineData("Production", "Mode=ApiKey BootstrapKey=0123456789abcdef0123456789abcdef", null)]
    [InlineData("Production", Issuer, null)]
    [InlineData("Production", "Mode=Jwt Jwt:Audience=a", "and not both")]
    [InlineData("Production", Issuer + " Jwt:JwksFile=/nowhere.json", "and not both")]
    [InlineData("Production", "Mode=Jwt Jwt:Audience=a Jwt:JwksFile=/nowhere.json Jwt:Issuer=i", "cannot be read")]
    [InlineData("Production", "Mode=Jwt Jwt:Authority=https://issuer.example.org", "Jwt__Audience")]
    [InlineData("Production", "Mode=Jwt Jwt:Audience=a Jwt:Authority=http://issuer.example.org", "https URL")]
    [InlineData("Production", "Mode=Jwt Jwt:Audience=a Jwt:Authority=http://127.0.0.1:5000", null)]
    [InlineData("Production", "Mode=Jwt Jwt:Audience=a Jwt:Authority=issuer", "https URL")]
    [InlineData("Production", Issuer + " Jwt:Algorithms=ES256", null)]
    [InlineData("Production", Issuer + " Jwt:Algorithms=ES256,HS256", "Jwt__Algorithms")]
    [InlineData("Production", Issuer + " Jwt:Algorithms=none", "Jwt__Algorithms")]
    [InlineData("Production", Issuer + " Jwt:Algorithms=", "Jwt__Algorithms")]
    [InlineData("Production", Issuer + " Jwt:Tenant=acme", null)]
    [InlineData("Production", Issuer + " Jwt:Tenant=Acme", "not a tenant")]
    [InlineData("Production", Issuer + " Jwt:AdminScope=agentmesh", "no two scopes")]
    [InlineData("Production", Issuer + " Jwt:OperatorScope=", "no two scopes")]
    public void Settings_AreChecked(string environment, string settings, string? why)
    {
        var options = new AuthOptions();
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(setting => new KeyValuePair<string, string?>(setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..])))
            .Build().Bind(options);
        var result = new AuthOptionsValidator(new Named(environment)).Validate(null, options);
        Assert.Equal(why is null, result.Succeeded);
        if (why is not null)
            Assert.Contains(why, result.FailureMessage, StringComparison.Ordinal);
    }

    private sealed class Named(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "gateway";

        public string ContentRootPath { get; set; } = "/";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
