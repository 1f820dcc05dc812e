using System.Net;
using AgentMesh.Sidecar.Daprd;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Sidecar.Tests.Daprd;

public sealed class DaprdArgumentsTests
{
    [Fact]
    public void FieldsOfTheRunFile_ArriveAtTheSidecar()
    {
        var health = new AppHealthOptions("/ready", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100), 4);
        var app = new RunFileApp("a", "/folder")
        {
            AppPort = 1,
            Protocol = "h2c",
            ChannelAddress = "localhost",
            ResourcesPaths = ["/r1", "/r2"],
            ConfigFilePaths = ["/config.yaml"],
            Health = health,
            MaxBodyBytes = 5,
            ReadBufferBytes = 6,
            MaxConcurrency = 7,
            ListenAddresses = [IPAddress.Loopback, IPAddress.IPv6Loopback],
            LogLevel = LogLevel.Debug,
            LogApiCalls = true,
        };
        var warnings = new List<string>();
        var options = new DaprdFlags(DaprdArguments.Of(new AppLaunch(app, new AppDefinition("a", 0, 8080, 3501, 50002) { MetricsPort = 9 }, new Dictionary<string, string>())), warnings).Read(warnings);
        Assert.Empty(warnings);
        Assert.Equal(("a", 8080, "h2c", "localhost", 3501, 50002, 9), (options.App.AppId, options.App.AppPort, options.App.Protocol, options.App.ChannelAddress, options.HttpPort, options.GrpcPort, options.MetricsPort));
        Assert.Equal((health, 5L, 6, 7, LogLevel.Debug, true), (options.App.Health, options.App.MaxBodyBytes, options.App.ReadBufferBytes, options.App.MaxConcurrency, options.LogLevel, options.App.LogApiCalls));
        Assert.Equal(["/r1", "/r2"], options.App.ResourcesPaths);
        Assert.Equal(["/config.yaml"], options.App.ConfigFilePaths);
        Assert.Equal(app.ListenAddresses, options.App.ListenAddresses);
    }

    [Fact]
    public void AppThatServesNothing_HasNoPort()
    {
        var flags = DaprdArguments.Of(new AppLaunch(new RunFileApp("a", "/"), new AppDefinition("a", 0, 0, 1, 2), new Dictionary<string, string>()));
        Assert.DoesNotContain("--app-port", flags);
        Assert.DoesNotContain("--config", flags);
    }
}
