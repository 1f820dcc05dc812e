using System.Globalization;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>The flags that a run file's fields become (cli: pkg/standalone/run.go).</summary>
internal static class DaprdArguments
{
    public static IReadOnlyList<string> Of(AppLaunch launch)
    {
        var (app, definition) = (launch.App, launch.Definition);
        (string Flag, string? Value)[] pairs =
        [
            ("--app-id", app.AppId), ("--dapr-http-port", Text(definition.DaprHttpPort)), ("--dapr-grpc-port", Text(definition.DaprGrpcPort)),
            ("--metrics-port", Text(definition.MetricsPort)), ("--app-protocol", app.Protocol), ("--app-channel-address", app.ChannelAddress),
            ("--max-body-size", Text(app.MaxBodyBytes)), ("--read-buffer-size", Text(app.ReadBufferBytes)), ("--log-level", LevelOf(app.LogLevel)),
            ("--app-port", app.AppPort is null ? null : Text(definition.AppPort)), ("--app-max-concurrency", Text(app.MaxConcurrency)),
            ("--dapr-listen-addresses", app.ListenAddresses.Count > 0 ? string.Join(',', app.ListenAddresses) : null),
            ("--app-health-check-path", app.Health?.Path), ("--app-health-probe-interval", Text((long?)app.Health?.ProbeInterval.TotalSeconds)),
            ("--app-health-probe-timeout", Text((long?)app.Health?.ProbeTimeout.TotalMilliseconds)), ("--app-health-threshold", Text(app.Health?.Threshold)),
            .. app.ResourcesPaths.Select(path => ("--resources-path", path)), .. app.ConfigFilePaths.Select(path => ("--config", path)),
        ];
        return
        [
            .. from pair in pairs where pair.Value is not null from word in (string[])[pair.Flag, pair.Value] select word,
            // Those without a value last: tools read the line in pairs.
            .. app.LogApiCalls ? (string[])["--enable-api-logging"] : [], .. app.Health is null ? (string[])[] : ["--enable-app-health-check"],
        ];
    }

    private static string LevelOf(LogLevel? level) => level switch
    {
        LogLevel.Debug or LogLevel.Trace => "debug",
        LogLevel.Information => "info",
        LogLevel.Error => "error",
        LogLevel.Critical => "fatal",
        _ => "warn",
    };

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
