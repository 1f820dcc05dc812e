using System.Net;
using AgentMesh.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ServiceDefaults.Tests.Health;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData(true, "--healthcheck")]
    [InlineData(true, "--healthcheck", "http://gateway/readyz")]
    [InlineData(false)]
    [InlineData(false, "--healthcheck", "http://gateway/readyz", "more")]
    [InlineData(false, "--urls", "--healthcheck")]
    public void Switch_StandsAlone_OrBeforeAnAddress(bool asked, params string[] args) => Assert.Equal(asked, HealthProbe.IsAsked(args));

    [Theory]
    [InlineData(200, 0)]
    [InlineData(204, 0)]
    [InlineData(302, 1)]
    [InlineData(404, 1)]
    [InlineData(503, 1)]
    public async Task Answer_DecidesTheExitCode(int status, int exitCode)
    {
        await using var app = await StartAsync(status);
        var port = PortOf(app);
        using var error = new StringWriter();

        Assert.Equal(exitCode, await HealthProbe.AskAsync(["--healthcheck"], $"{port}", error));
        Assert.Equal(exitCode == 0 ? "" : $"http://127.0.0.1:{port}/livez answers {status}.{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public async Task Address_IsAskedAsItIsGiven()
    {
        await using var app = await StartAsync(200);
        using var error = new StringWriter();

        Assert.Equal(0, await HealthProbe.AskAsync(["--healthcheck", $"http://localhost:{PortOf(app)}/livez"], "1", error));
        Assert.Equal(1, await HealthProbe.AskAsync(["--healthcheck", $"http://localhost:{PortOf(app)}/elsewhere"], "1", error));
    }

    [Fact]
    public async Task NobodyThere_IsNoHealth()
    {
        int port;
        await using (var app = await StartAsync(200))
            port = PortOf(app);
        using var error = new StringWriter();

        Assert.Equal(1, await HealthProbe.AskAsync(["--healthcheck"], $"{port}", error));
        Assert.StartsWith($"http://127.0.0.1:{port}/livez does not answer: ", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "--healthcheck")]
    [InlineData("", "--healthcheck")]
    [InlineData("0", "--healthcheck")]
    [InlineData("65536", "--healthcheck")]
    [InlineData("8080", "--healthcheck", "gateway:80")]
    [InlineData("8080", "--healthcheck", "file:///etc/passwd")]
    public async Task NothingToAsk_SaysSo(string? appPort, params string[] args)
    {
        using var error = new StringWriter();

        Assert.Equal(1, await HealthProbe.AskAsync(args, appPort, error));
        Assert.Equal("--healthcheck takes an address, or APP_PORT has the port of the app on this machine." + Environment.NewLine, error.ToString());
    }

    private static async Task<WebApplication> StartAsync(int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/livez" ? status : 404;
            return Task.CompletedTask;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
}
