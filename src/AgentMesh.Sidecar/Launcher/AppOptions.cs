using System.CommandLine;
using AgentMesh.Sidecar.Resources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The options of <c>dapr run</c> for one app (cli: cmd/run.go). Each is a field of the run file by another name.</summary>
internal sealed class AppOptions
{
    private static readonly (string Name, string? Alias, string Field, string Help)[] Texts =
    [
        ("--app-id", "-a", "appID", "The app's id; run this one app, not a run file. Default: the name of the current folder."),
        ("--app-port", "-p", "appPort", "Where the app listens."),
        ("--app-protocol", "-P", "appProtocol", "http (default), h2c or grpc."),
        ("--app-channel-address", null, "appChannelAddress", "The host the app listens on. Default: 127.0.0.1."),
        ("--app-max-concurrency", null, "appMaxConcurrency", "Calls to the app at once. Default: any number."),
        ("--dapr-http-port", "-H", "daprHTTPPort", "The sidecar's HTTP port. Default: a free one."),
        ("--dapr-grpc-port", "-G", "daprGRPCPort", "The sidecar's gRPC port. Default: a free one."),
        ("--metrics-port", "-M", "metricsPort", "The sidecar's metrics port. Default: a free one."),
        ("--dapr-listen-addresses", null, "apiListenAddresses", "IP addresses the sidecar listens on, with commas. Default: loopback."),
        ("--config", "-c", "configFilePath", "Configuration resource. Default: ~/.dapr/config.yaml where it exists."),
        ("--components-path", "-d", "resourcesPath", "Older name of --resources-path."),
        ("--log-level", null, "logLevel", "debug, info, warn, error or fatal. Default: warn."),
        ("--max-body-size", null, "maxBodySize", "Largest request body. Default: 4Mi."),
        ("--read-buffer-size", null, "readBufferSize", "Largest headers. Default: 4Ki."),
        ("--app-health-check-path", null, "appHealthCheckPath", "Default: /healthz."),
        ("--app-health-probe-interval", null, "appHealthProbeInterval", "Seconds. Default: 5."),
        ("--app-health-probe-timeout", null, "appHealthProbeTimeout", "Milliseconds. Default: 500."),
        ("--app-health-threshold", null, "appHealthThreshold", "Failures in a row that make the app unhealthy. Default: 3."),
        ("--unix-domain-socket", "-u", "unixDomainSocket", "Not served: refused."),
        ("--placement-host-address", null, "placementHostAddress", "Accepted; there is no placement service here."),
        ("--scheduler-host-address", null, "schedulerHostAddress", "Accepted; there is no scheduler service here."),
        ("--runtime-path", null, "runtimePath", "Accepted; there is no daprd here."),
        ("--dapr-internal-grpc-port", "-I", "daprInternalGRPCPort", "Accepted; the sidecars are one process."),
        ("--profile-port", null, "profilePort", "Accepted; there are no Go profiles here."),
    ];

    private static readonly (string Name, string Field, string Help)[] Switches =
    [
        ("--enable-app-health-check", "enableAppHealthCheck", "Ask the app for its health."),
        ("--enable-api-logging", "enableApiLogging", "Log each call of the sidecar's API."),
        ("--enable-profiling", "enableProfiling", "Not applied, with a warning."),
        ("--app-ssl", "appSSL", "Not served: refused."),
    ];

    private static readonly Dictionary<string, string> NameOfField =
        Texts.Select(row => (row.Field, row.Name)).Concat(Switches.Select(row => (row.Field, row.Name)))
            .Append(("resourcesPaths", "--resources-path")).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);

    private readonly List<(string Field, Option Option)> _options = [];

    private readonly Argument<string[]> _command = new("command")
    {
        Description = "The app's command, best after --; none: only the sidecar is started.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Adds the options and the app's command to a command line.</summary>
    public AppOptions(Command command)
    {
        foreach (var (name, alias, field, help) in Texts)
            Add(command, field, new Option<string>(name, alias is null ? [] : [alias]) { Description = help, HelpName = "VALUE" });
        foreach (var (name, field, help) in Switches)
            Add(command, field, new Option<bool>(name) { Description = help });
        Add(command, "resourcesPaths", new Option<string[]>("--resources-path")
        {
            Description = "Folder of component files; repeatable. Default: ~/.dapr/components where it exists.",
            HelpName = "DIR",
        });
        command.Add(_command);
    }

    /// <summary>The names of the options that were given.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) =>
        [.. _options.Where(item => parsed.GetResult(item.Option) is { Implicit: false }).Select(item => item.Option.Name)];

    /// <summary>The app; null when neither an option nor a command was given.</summary>
    public AppOfCommandLine? Read(ParseResult parsed)
    {
        var command = parsed.GetValue(_command) ?? [];
        if (command.Length == 0 && Given(parsed).Count == 0) return null;
        var members = new YamlMappingNode();
        foreach (var (field, option) in _options)
        {
            if (parsed.GetResult(option) is not { Implicit: false } result) continue;
            members.Add(field, option switch
            {
                Option<bool> flag => Scalar(parsed.GetValue(flag) ? "true" : "false"),
                Option<string[]> several => new YamlSequenceNode(parsed.GetValue(several)!.SelectMany(value => value.Split(',')).Select(Scalar)),
                _ => Scalar(result.Tokens[^1].Value),
            });
        }

        return new AppOfCommandLine(new YamlSection(members, NameOfField), command);
    }

    // Quoted: an empty text is a text.
    private static YamlNode Scalar(string value) => new YamlScalarNode(value) { Style = ScalarStyle.DoubleQuoted };

    private void Add(Command command, string field, Option option)
    {
        _options.Add((field, option));
        command.Add(option);
    }
}

/// <summary>The one app of <c>run --app-id</c>.</summary>
/// <param name="Fields">What was given, as fields of a run file.</param>
/// <param name="Command">Empty: only its sidecar is started.</param>
internal sealed record AppOfCommandLine(YamlSection Fields, IReadOnlyList<string> Command);
