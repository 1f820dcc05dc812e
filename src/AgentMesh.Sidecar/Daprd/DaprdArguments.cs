using System.Globalization;
using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>The flags that a run file's fields become (cli: pkg/standalone/run.go).</summary>
internal static class DaprdArguments
{
    public static IReadOnlyList<string> Of(AppLaunch launch)
    {
        var (app, definition) = (launch.App, launch.Definition);
        List<string> flags =
        [
            "--app-id", app.AppId, "--dapr-http-port", Text(definition.DaprHttpPort), "--dapr-grpc-port", Text(definition.DaprGrpcPort),
            "--metrics-port", Text(definition.MetricsPort), "--app-protocol", app.Protocol, "--app-channel-address", app.ChannelAddress,
            "--max-body-size", Text(app.MaxBodyBytes), "--read-buffer-size", Text(app.ReadBufferBytes), "--log-level", LevelOf(app.LogLevel),
            .. app.ResourcesPaths.SelectMany(path => new[] { "--resources-path", path }),
        ];
        if (app.AppPort is not null)
            flags.AddRange(["--app-port", Text(definition.AppPort)]);
        if (app.ConfigFilePath is { } config)
            flags.AddRange(["--config", config]);
        if (app.ListenAddresses.Count > 0)
            flags.AddRange(["--dapr-listen-addresses", string.Join(',', app.ListenAddresses)]);
        if (app.LogApiCalls)
            flags.Add("--enable-api-logging");
        if (app.MaxConcurrency is { } concurrency)
            flags.AddRange(["--app-max-concurrency", Text(concurrency)]);
        if (app.Health is { } health)
        {
            flags.AddRange(
            [
                "--enable-app-health-check", "--app-health-check-path", health.Path, "--app-health-probe-interval", Text((long)health.ProbeInterval.TotalSeconds),
                "--app-health-probe-timeout", Text((long)health.ProbeTimeout.TotalMilliseconds), "--app-health-threshold", Text(health.Threshold),
            ]);
        }

        return flags;
    }

    private static string LevelOf(LogLevel? level) => level switch
    {
        LogLevel.Debug or LogLevel.Trace => "debug",
        LogLevel.Information => "info",
        LogLevel.Error => "error",
        LogLevel.Critical => "fatal",
        _ => "warn",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
