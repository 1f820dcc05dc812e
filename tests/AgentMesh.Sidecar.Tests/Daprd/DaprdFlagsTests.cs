using AgentMesh.Sidecar.Daprd;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Runtime;
using Microsoft.Extensions.Logging;

namespace AgentMesh.Sidecar.Tests.Daprd;

public sealed class DaprdFlagsTests
{
    private readonly List<string> _warnings = [];

    [Fact]
    public void Defaults_AreDaprds()
    {
        var options = Read("--app-id", "a");
        Assert.Equal((null, "http", "127.0.0.1", 3500, 50001, 4L * 1024 * 1024, 4 * 1024), (options.App.AppPort, options.App.Protocol, options.App.ChannelAddress, options.HttpPort, options.GrpcPort, options.App.MaxBodyBytes, options.App.ReadBufferBytes));
        Assert.Null(options.App.Health);
        Assert.Equal(9090, options.MetricsPort);
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.Zero, (int?)null), (options.GracefulShutdown, options.BlockShutdown, options.App.MaxConcurrency));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("--app-id a --app-port 8080")]
    [InlineData("-app-id a -app-port 8080")]
    [InlineData("--app-id=a --app-port=8080")]
    [InlineData("-app-id=a -app-port=8080")]
    [InlineData("--app-id b --app-id a --app-port 1 --app-port 8080")] // the last one wins
    public void Flags_InEveryFormOfGo(string line)
    {
        var options = Read(line.Split(' '));
        Assert.Equal(("a", 8080), (options.App.AppId, options.App.AppPort));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void WhatHasAnEffect_IsRead()
    {
        var options = Read(
            "--app-id", "a", "--app-protocol", "h2c", "--app-channel-address", "localhost", "--app-max-concurrency", "3", "--dapr-http-port", "0", "--dapr-grpc-port", "7",
            "--dapr-internal-grpc-port", "8", "--resources-path", "r1", "--resources-path", "r2,r3", "--components-path", "r4", "--config", "c1", "--config", "c2",
            "--max-body-size", "16Mi", "--read-buffer-size", "64Ki", "--dapr-graceful-shutdown-seconds", "9", "--dapr-block-shutdown-duration", "1m30s",
            "--disable-init-endpoints", "config,subscribe", "--log-level", "error", "--dapr-listen-addresses", "127.0.0.1,::1", "--enable-api-logging",
            "--enable-app-health-check", "--app-health-check-path", "ready", "--app-health-probe-interval", "2", "--app-health-probe-timeout", "100", "--app-health-threshold", "4");
        Assert.Equal(("h2c", "localhost", (int?)3, 0, 7, 8), (options.App.Protocol, options.App.ChannelAddress, options.App.MaxConcurrency, options.HttpPort, options.GrpcPort, options.InternalPort));
        Assert.Equal(["r1", "r2", "r3", "r4"], options.App.ResourcesPaths);
        Assert.Equal(["c1", "c2"], options.App.ConfigFilePaths);
        Assert.Equal((16L * 1024 * 1024, 64 * 1024), (options.App.MaxBodyBytes, options.App.ReadBufferBytes));
        Assert.Equal((TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(90)), (options.GracefulShutdown, options.BlockShutdown));
        Assert.Equal(["config", "subscribe"], options.DisabledInitEndpoints);
        Assert.Equal(LogLevel.Error, options.LogLevel);
        Assert.Equal([System.Net.IPAddress.Loopback, System.Net.IPAddress.IPv6Loopback], options.App.ListenAddresses);
        Assert.True(options.App.LogApiCalls);
        Assert.Equal(new AppHealthOptions("/ready", TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100), 4), options.App.Health);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("--metrics-port 7", 7)]
    [InlineData("--enable-metrics --metrics-port 7", 7)]
    [InlineData("--enable-metrics=false --metrics-port 7", null)]
    public void Metrics_HaveAPort_OrNone(string line, int? expected) => Assert.Equal(expected, Read(["--app-id", "a", .. line.Split(' ')]).MetricsPort);

    [Theory]
    [InlineData("--dapr-http-max-request-size", "8", 8L * 1024 * 1024, 4 * 1024)]
    [InlineData("--dapr-http-read-buffer-size", "16", 4L * 1024 * 1024, 16 * 1024)]
    public void OldSizes_AreMegabytesAndKilobytes(string flag, string value, long body, int buffer)
    {
        var options = Read("--app-id", "a", flag, value);
        Assert.Equal((body, buffer), (options.App.MaxBodyBytes, options.App.ReadBufferBytes));
    }

    [Fact]
    public void PointlessFlags_AreReadOver()
    {
        Read(
            "--app-id", "a", "--placement-host-address", "localhost:50005", "--scheduler-host-address", "localhost:50006", "--metrics-port", "9090", "--enable-metrics=false",
            "--profile-port", "7777", "--enable-profiling", "--log-as-json", "--mode", "standalone", "--sentry-address", "x", "--enable-mtls=false",
            "--control-plane-address", "", "--allowed-origins", "*", "--actors-service", "placement:x", "--reminders-service", "y", "--app-ssl=false", "--wait");
        Assert.Empty(_warnings);
    }

    [Fact]
    public void UnknownFlags_AreAWarning_WithOrWithoutAValue()
    {
        var options = Read("--new-switch", "--app-id", "a", "--new-value", "7", "stray");
        Assert.Equal("a", options.App.AppId);
        Assert.Equal(["'stray' is no flag of daprd and is ignored", "the unknown flag --new-switch is ignored", "the unknown flag --new-value is ignored"], _warnings);
    }

    [Theory]
    [InlineData("--app-port 8080", "--app-id is missing")]
    [InlineData("--app-id a --app-port x", "--app-port 'x'")]
    [InlineData("--app-id a --app-port 65536", "--app-port '65536'")]
    [InlineData("--app-id a --app-protocol https", "without TLS")]
    [InlineData("--app-id a --app-ssl", "without TLS")]
    [InlineData("--app-id a --dapr-listen-addresses everywhere", "not an IP address")]
    [InlineData("--app-id a --mode kubernetes", "one machine")]
    [InlineData("--app-id a --max-body-size big", "--max-body-size 'big'")]
    [InlineData("--app-id a --enable-app-health-check --app-health-probe-interval 1 --app-health-probe-timeout 1001", "must not exceed")]
    [InlineData("--app-id a --dapr-block-shutdown-duration soon", "duration")]
    public void WrongValues_AreRefusedWithAReason(string line, string reason)
    {
        var refused = Assert.Throws<LauncherException>(() => Read(line.Split(' ')));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(LauncherException.BadCommandLine, refused.ExitCode);
    }

    [Fact]
    public void Version_NeedsNoAppId() => Assert.True(new DaprdFlags(["--version"], _warnings).WantsVersion);

    [Theory]
    [InlineData("/usr/bin/daprd", "--app-id a", "--app-id a")]
    [InlineData("C/AgentMesh.Sidecar", "daprd --app-id a", "--app-id a")]
    [InlineData("/usr/bin/dotnet", "run", null)]
    public void Program_IsDaprd_ByItsNameOrItsFirstArgument(string program, string line, string? expected) =>
        Assert.Equal(expected?.Split(' '), DaprdCommand.Match(program, line.Split(' ')));

    private DaprdOptions Read(params string[] arguments) => new DaprdFlags(arguments, _warnings).Read(_warnings);
}
