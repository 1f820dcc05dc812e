using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Resources;

/// <summary>
/// Reads a run file by the Dapr CLI's rules (cli: pkg/runfileconfig): relative paths of <c>common</c> start at the file's folder and
/// those of an app at its <c>appDirPath</c>, a path that does not exist refuses the run, unknown fields are ignored with a warning.
/// </summary>
internal sealed class RunFileReader
{
    // Fields of the schema that make no difference on one machine, or that only the CLI's own log files and Kubernetes use.
    private static readonly string[] Pointless =
    [
        "logLevel", "enableProfiling", "enableApiLogging", "placementHostAddress", "schedulerHostAddress", "runtimePath", "daprdLogDestination",
        "appLogDestination", "profilePort", "daprInternalGRPCPort", "containerImage", "containerImagePullPolicy", "createService",
    ];

    // Fields of the schema whose absence a user would notice.
    private static readonly string[] NotServed = ["appMaxConcurrency", "apiListenAddresses", "unixDomainSocket"];

    private readonly string _folder;
    private readonly string _file;
    private readonly string _home;
    private readonly ICollection<string> _warnings;

    private RunFileReader(string file, string home, ICollection<string> warnings)
    {
        _file = Path.GetFullPath(file);
        _folder = Path.GetDirectoryName(_file)!;
        _home = home;
        _warnings = warnings;
    }

    /// <summary>Reads the file. What is wrong but not fatal is added to the warnings.</summary>
    /// <param name="file">The run file.</param>
    /// <param name="home">The user's folder, for <c>~/</c> and Dapr's default resources in <c>~/.dapr</c>.</param>
    /// <param name="warnings">Receives one line each.</param>
    public static RunFile Read(string file, string home, ICollection<string> warnings)
    {
        if (!File.Exists(file)) throw new LauncherException($"the run file {file} does not exist");
        return new RunFileReader(file, home, warnings).Read();
    }

    private RunFile Read()
    {
        var root = YamlSection.Parse(_file, File.ReadAllText(_file)) ?? throw new LauncherException($"{_file}: the run file is empty");
        if (root.Integer("version") is var version && version != 1)
            throw root.Error("version", version is null ? "is missing (must be 1)" : $"must be 1, not {version}");
        root.Text("name");
        var common = root.Section("common");
        var sections = root.Sections("apps");
        if (sections.Count == 0) throw root.Error("apps", "names no app");

        var apps = new List<RunFileApp>();
        foreach (var section in sections)
        {
            var app = ReadApp(section, common);
            if (apps.Any(other => other.AppId == app.AppId)) throw section.Error("appID", $"'{app.AppId}' is used twice");
            apps.Add(app);
            WarnOfUnread(section);
        }

        WarnOfUnread(root);
        if (common is not null) WarnOfUnread(common);
        return new RunFile(_file, apps);
    }

    private RunFileApp ReadApp(YamlSection app, YamlSection? common)
    {
        var folder = app.Text("appDirPath") is { } given
            ? Existing(app, "appDirPath", given, _folder, Directory.Exists)
            : throw app.Error("appDirPath", "is missing");
        var appId = app.Text("appID") ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        var command = app.Texts("command") ?? [];
        if (command is ["", ..]) throw app.Error("command", "begins with an empty text");

        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (common?.Map("env") ?? []).Concat(app.Map("env"))) environment[name] = value;
        if (environment.Keys.FirstOrDefault(name => name is "DAPR_API_TOKEN" or "APP_API_TOKEN") is { } token)
            _warnings.Add($"{app.Position}: env of '{appId}' names {token}, which reaches the app but not its sidecar; export it instead");

        var readBuffer = Either(app, common, section => section.Size("readBufferSize")) ?? 4 * 1024;
        return new RunFileApp(appId, folder)
        {
            Command = command,
            AppPort = app.Port("appPort"),
            Protocol = ReadProtocol(app, common),
            ChannelAddress = app.Text("appChannelAddress") ?? "127.0.0.1",
            DaprHttpPort = app.Port("daprHTTPPort"),
            DaprGrpcPort = app.Port("daprGRPCPort"),
            MetricsPort = app.Port("metricsPort"),
            Environment = environment,
            ResourcesPaths = ReadResourcesPaths(app, common, folder),
            ConfigFilePath = ReadConfigFilePath(app, common, folder),
            Health = ReadHealth(app, common),
            MaxBodyBytes = Either(app, common, section => section.Size("maxBodySize")) ?? 4 * 1024 * 1024,
            ReadBufferBytes = readBuffer <= int.MaxValue ? (int)readBuffer : throw app.Error("readBufferSize", "must be below 2Gi"),
        };
    }

    private static string ReadProtocol(YamlSection app, YamlSection? common)
    {
        var protocol = Either(app, common, section => section.Text("appProtocol")) ?? "http";
        if (protocol is not ("http" or "h2c"))
            throw app.Error("appProtocol", $"'{protocol}' is not served by the local sidecar (http and h2c are)");
        if (Either(app, common, section => section.Flag("appSSL")) == true)
            throw app.Error("appSSL", "is not served by the local sidecar");
        return protocol;
    }

    // dapr: pkg/config/app_connection.go. Zero and below mean the default.
    private static AppHealthOptions? ReadHealth(YamlSection app, YamlSection? common)
    {
        var enabled = Either(app, common, section => section.Flag("enableAppHealthCheck")) ?? false;
        var path = Either(app, common, section => section.Text("appHealthCheckPath")) ?? "/healthz";
        var intervalSeconds = Number("appHealthProbeInterval", 5);
        var timeoutMs = Number("appHealthProbeTimeout", 500);
        var threshold = Number("appHealthThreshold", 3);
        if (!enabled) return null;

        if (timeoutMs > intervalSeconds * 1000L)
            throw app.Error("appHealthProbeTimeout", $"({timeoutMs} ms) must not exceed appHealthProbeInterval ({intervalSeconds} s)");
        return new AppHealthOptions(
            path.StartsWith('/') ? path : "/" + path, TimeSpan.FromSeconds(intervalSeconds), TimeSpan.FromMilliseconds(timeoutMs), threshold);

        int Number(string name, int usual) => Either(app, common, section => section.Integer(name)) is > 0 and var given ? given : usual;
    }

    private List<string> ReadResourcesPaths(YamlSection app, YamlSection? common, string folder)
    {
        // Both are read, so that the one not used is not called unknown.
        var own = Of(app, folder);
        var shared = common is null ? null : Of(common, _folder);
        return own ?? IfThere(folder, ".dapr", "resources") ?? shared ?? IfThere(_home, ".dapr", "components") ?? [];

        List<string>? Of(YamlSection section, string start)
        {
            var one = section.Text("resourcesPath");
            var several = section.Texts("resourcesPaths");
            if (several is { Count: > 0 })
                return [.. several.Select(path => Existing(section, "resourcesPaths", path, start, Directory.Exists))];
            return one is null ? null : [Existing(section, "resourcesPath", one, start, Directory.Exists)];
        }

        static List<string>? IfThere(params string[] parts) => Directory.Exists(Path.Combine(parts)) ? [Path.Combine(parts)] : null;
    }

    private string? ReadConfigFilePath(YamlSection app, YamlSection? common, string folder)
    {
        var own = app.Text("configFilePath") is { } given ? Existing(app, "configFilePath", given, folder, File.Exists) : null;
        var shared = common?.Text("configFilePath") is { } path ? Existing(common, "configFilePath", path, _folder, File.Exists) : null;
        return own ?? IfThere(folder, ".dapr", "config.yaml") ?? shared ?? IfThere(_home, ".dapr", "config.yaml");

        static string? IfThere(params string[] parts) => File.Exists(Path.Combine(parts)) ? Path.Combine(parts) : null;
    }

    private string Existing(YamlSection section, string name, string path, string start, Func<string, bool> exists)
    {
        var expanded = path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(_home, path[1..].TrimStart('/')) : path;
        var full = Path.GetFullPath(expanded, start);
        return exists(full) ? full : throw section.Error(name, $"'{path}' does not exist ({full})");
    }

    // Both are asked, so that a common value an app overrides still counts as known.
    private static T? Either<T>(YamlSection app, YamlSection? common, Func<YamlSection, T?> read)
    {
        var (own, shared) = (read(app), common is null ? default : read(common));
        return own is null ? shared : own;
    }

    private void WarnOfUnread(YamlSection section)
    {
        foreach (var (name, line) in section.Unread)
        {
            if (Pointless.Contains(name)) continue;
            _warnings.Add(NotServed.Contains(name)
                ? $"{_file}({line}): {name} is not applied by the local sidecar"
                : $"{_file}({line}): the unknown field '{name}' is ignored");
        }
    }
}
