using System.Globalization;
using System.Net;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Resources;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Daprd;

/// <summary>
/// daprd's command line as Go reads it: <c>--flag value</c>, <c>--flag=value</c>, one dash or two, the last one wins. Flags that make no
/// difference on one machine are read over, unknown ones are a warning.
/// </summary>
internal sealed class DaprdFlags
{
    // Without a value of their own: what follows is the next flag.
    private static readonly string[] Switches =
    [
        "app-ssl", "enable-app-health-check", "enable-api-logging", "enable-metrics", "enable-profiling", "enable-mtls", "log-as-json", "version", "build-info",
        "wait", "disable-builtin-k8s-secret-store",
    ];

    // A machine has no placement, scheduler, sentry and no profiler; its logs are text.
    private static readonly string[] Pointless =
    [
        "metrics-listen-address", "enable-profiling", "profile-port", "enable-mtls", "log-as-json", "wait",
        "disable-builtin-k8s-secret-store", "dapr-public-port", "dapr-public-listen-address", "dapr-internal-grpc-listen-address", "placement-host-address",
        "scheduler-host-address", "scheduler-job-streams", "actors-service", "reminders-service", "actors-disseminate-timeout", "control-plane-address",
        "control-plane-trust-domain", "control-plane-namespace", "sentry-address", "sentry-request-jwt-audiences", "allowed-origins",
        "hot-reload-reconcile-interval", "app-binding-options-timeout",
    ];

    private readonly Dictionary<string, List<string>> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    /// <summary>Splits a command line.</summary>
    public DaprdFlags(IReadOnlyList<string> arguments, ICollection<string> warnings)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is not ['-', .., _] argument || argument.TrimStart('-') is not { Length: > 0 } text)
            {
                warnings.Add($"'{arguments[i]}' is no flag of daprd and is ignored");
                continue;
            }

            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? text : text[..equals];
            var value = equals >= 0 ? text[(equals + 1)..]
                : Switches.Contains(name) ? "true"
                : i + 1 < arguments.Count && !(arguments[i + 1].StartsWith("--", StringComparison.Ordinal)) ? arguments[++i]
                : "";
            if (!_given.TryGetValue(name, out var values))
                _given.Add(name, values = []);
            values.Add(value);
        }
    }

    /// <summary>Says the version, and no more.</summary>
    public bool WantsVersion => Flag("version");

    public bool WantsBuildInfo => Flag("build-info");

    /// <summary>What is asked for.</summary>
    /// <exception cref="LauncherException">A value is wrong, or asks for what is not served.</exception>
    public DaprdOptions Read(ICollection<string> warnings)
    {
        foreach (var name in Pointless.Append("version").Append("build-info"))
            _read.Add(name);
        if (Text("mode") is { } mode and not "standalone")
            throw Wrong("mode", mode, "the local sidecar is for one machine: standalone");
        var protocol = Text("app-protocol") ?? "http";
        if (protocol is not ("http" or "h2c" or "grpc") || Flag("app-ssl"))
            throw Wrong("app-protocol", protocol, "the local sidecar serves apps of http, h2c and grpc without TLS");
        if (Text("unix-domain-socket") is not null)
            warnings.Add("--unix-domain-socket is not served by the local sidecar; its ports are");
        var options = new DaprdOptions
        {
            App = new RunFileApp(Text("app-id") ?? throw new LauncherException("--app-id is missing", LauncherException.BadCommandLine), "")
            {
                AppPort = Number("app-port", 0, 65535) is > 0 and var port ? port : null,
                Protocol = protocol,
                ChannelAddress = Text("app-channel-address") ?? "127.0.0.1",
                MaxConcurrency = Number("app-max-concurrency", -1, int.MaxValue) is > 0 and var most ? most : null,
                ListenAddresses = [.. Texts("dapr-listen-addresses").Select(text => IPAddress.TryParse(text, out var address) ? address : throw Wrong("dapr-listen-addresses", text, "not an IP address"))],
                LogApiCalls = Flag("enable-api-logging"),
                Health = ReadHealth(),
                ResourcesPaths = [.. Texts("resources-path"), .. Texts("components-path")],
                ConfigFilePaths = Texts("config"),
                MaxBodyBytes = Size("max-body-size") ?? (Number("dapr-http-max-request-size", 1, 2047) is { } megabytes ? megabytes * 1024L * 1024 : 4 * 1024 * 1024),
                ReadBufferBytes = (int)Math.Min(int.MaxValue, Size("read-buffer-size") ?? (Number("dapr-http-read-buffer-size", 1, 2_000_000) ?? 4) * 1024L),
            },
            HttpPort = Number("dapr-http-port", 0, 65535) ?? 3500,
            GrpcPort = Number("dapr-grpc-port", 0, 65535) ?? 50001,
            InternalPort = Number("dapr-internal-grpc-port", 0, 65535) ?? 0,
            MetricsPort = Number("metrics-port", 0, 65535) is var metrics && Text("enable-metrics") is not null && !Flag("enable-metrics") ? null : metrics ?? 9090,
            GracefulShutdown = TimeSpan.FromSeconds(Number("dapr-graceful-shutdown-seconds", 0, 86_400) ?? 5),
            BlockShutdown = Text("dapr-block-shutdown-duration") is not { } text ? TimeSpan.Zero
                : GoDuration.TryParse(text, out var block) ? block : throw Wrong("dapr-block-shutdown-duration", text, "not a duration such as 10s"),
            DisabledInitEndpoints = Texts("disable-init-endpoints"),
            LogLevel = Text("log-level") switch
            {
                null or "info" => LogLevel.Information,
                "debug" => LogLevel.Debug,
                "warn" or "warning" => LogLevel.Warning,
                "error" => LogLevel.Error,
                "fatal" => LogLevel.Critical,
                var level => throw Wrong("log-level", level, "debug, info, warn, error or fatal"),
            },
        };
        foreach (var name in _given.Keys.Where(name => !_read.Contains(name)))
            warnings.Add($"the unknown flag --{name} is ignored");
        return options;
    }

    private static LauncherException Wrong(string name, string value, string reason) => new($"--{name} '{value}': {reason}", LauncherException.BadCommandLine);

    private AppHealthOptions? ReadHealth()
    {
        var health = AppHealthOptions.Of(
            Text("app-health-check-path"), Number("app-health-probe-interval", int.MinValue, 86_400), Number("app-health-probe-timeout", int.MinValue, int.MaxValue),
            Number("app-health-threshold", int.MinValue, int.MaxValue));
        if (!Flag("enable-app-health-check"))
            return null;
        return health.IsPossible ? health
            : throw Wrong("app-health-probe-timeout", $"{health.ProbeTimeout.TotalMilliseconds:0}", "must not exceed --app-health-probe-interval");
    }

    private string? Text(string name)
    {
        _read.Add(name);
        return _given.TryGetValue(name, out var values) && values[^1].Length > 0 ? values[^1] : null;
    }

    // Repeated, or with commas, as Go's string slices.
    private IReadOnlyList<string> Texts(string name)
    {
        _read.Add(name);
        return _given.TryGetValue(name, out var values)
            ? [.. values.SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))]
            : [];
    }

    private bool Flag(string name) => Text(name) is { } text && (GoText.IsTruthy(text) || (!bool.TryParse(text, out var given) ? throw Wrong(name, text, "true or false") : given));

    private int? Number(string name, int least, int most) => Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw Wrong(name, text, $"not a number from {least} to {most}");

    private long? Size(string name) => Text(name) is not { } text ? null
        : DaprSize.TryParse(text, out var bytes) ? bytes
        : throw Wrong(name, text, "not a size such as 4Mi");
}
