using System.Net;
using System.Text.RegularExpressions;
using AgentMesh.Sidecar.Launcher;
using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Resources;

/// <summary>
/// Reads a run file by the Dapr CLI's rules (cli: pkg/runfileconfig): relative paths of <c>common</c> start at the file's folder and
/// those of an app at its <c>appDirPath</c>, a path that does not exist refuses the run, unknown fields are ignored with a warning.
/// The one app of a command line has the same fields.
/// </summary>
/// <param name="runFile">Null: the app is one of a command line.</param>
/// <param name="rootFolder">Where its relative paths start.</param>
/// <param name="home">The user's folder.</param>
/// <param name="warnings">Receives one line each.</param>
internal sealed partial class RunFileReader(string? runFile, string rootFolder, string home, ICollection<string> warnings)
{
    // Fields of the schema that make no difference on one machine, or that only Kubernetes uses.
    private static readonly string[] Pointless =
    [
        "placementHostAddress", "schedulerHostAddress", "runtimePath", "profilePort", "daprInternalGRPCPort", "containerImage",
        "containerImagePullPolicy", "createService",
    ];

    private static readonly Dictionary<string, LogLevel> LogLevels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
        ["fatal"] = LogLevel.Critical,
        ["panic"] = LogLevel.Critical,
    };

    private static readonly Dictionary<string, LogDestination> Destinations = new(StringComparer.Ordinal)
    {
        ["console"] = LogDestination.Console,
        ["file"] = LogDestination.File,
        ["fileAndConsole"] = LogDestination.FileAndConsole,
    };

    /// <summary>Reads the file. What is wrong but not fatal is added to the warnings.</summary>
    /// <param name="file">The run file.</param>
    /// <param name="home">The user's folder, for <c>~/</c> and Dapr's default resources in <c>~/.dapr</c>.</param>
    /// <param name="warnings">Receives one line each.</param>
    public static RunFile Read(string file, string home, ICollection<string> warnings)
    {
        if (!File.Exists(file)) throw new LauncherException($"the run file {file} does not exist");
        file = Path.GetFullPath(file);
        return new RunFileReader(file, Path.GetDirectoryName(file)!, home, warnings).ReadFile(file);
    }

    /// <summary>Reads the app of a command line, which runs in the current folder.</summary>
    public static RunFile Read(YamlSection options, IReadOnlyList<string> command, string currentFolder, string home, ICollection<string> warnings) =>
        new(null, [new RunFileReader(null, currentFolder, home, warnings).ReadApp(options, null, currentFolder) with { Command = command }]);

    private RunFile ReadFile(string file)
    {
        var root = YamlSection.Parse(file, File.ReadAllText(file)) ?? throw new LauncherException($"{file}: the run file is empty");
        if (root.Integer("version") is var version && version != 1)
            throw root.Error("version", version is null ? "is missing (must be 1)" : $"must be 1, not {version}");
        root.Text("name");
        var common = root.Section("common");
        var sections = root.Sections("apps");
        if (sections.Count == 0) throw root.Error("apps", "names no app");

        var apps = new List<RunFileApp>();
        foreach (var section in sections)
        {
            var folder = section.Text("appDirPath") is { } given
                ? Existing(section, "appDirPath", given, rootFolder, Directory.Exists)
                : throw section.Error("appDirPath", "is missing");
            var command = section.Texts("command") ?? [];
            if (command is ["", ..]) throw section.Error("command", "begins with an empty text");
            var app = ReadApp(section, common, folder) with { Command = command };
            if (apps.Any(other => other.AppId == app.AppId)) throw section.Error("appID", $"'{app.AppId}' is used twice");
            apps.Add(app);
            WarnOfUnread(section);
        }

        WarnOfUnread(root);
        if (common is not null) WarnOfUnread(common);
        return new RunFile(file, apps);
    }

    private RunFileApp ReadApp(YamlSection app, YamlSection? common, string folder)
    {
        var appId = app.Text("appID") ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        if (!AppIds().IsMatch(appId))
            throw app.Error("appID", $"'{appId}' is no app id: 1-64 letters, digits, '-', '_' and '.', first a letter or digit");
        RefuseWhatIsNotServed(app, common);

        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (common?.Map("env") ?? []).Concat(app.Map("env"))) environment[name] = value;
        if (environment.Keys.FirstOrDefault(name => name is ApiTokens.DaprVariable or ApiTokens.AppVariable) is { } token)
            warnings.Add($"{app.Position}: env of '{appId}' names {token}, which reaches the app but not its sidecar; export it instead");

        var readBuffer = Either(app, common, section => section.Size("readBufferSize")) ?? 4 * 1024;
        return new RunFileApp(appId, folder)
        {
            AppPort = app.Port("appPort"),
            Protocol = ReadProtocol(app, common),
            ChannelAddress = app.Text("appChannelAddress") ?? "127.0.0.1",
            DaprHttpPort = app.Port("daprHTTPPort"),
            DaprGrpcPort = app.Port("daprGRPCPort"),
            MetricsPort = app.Port("metricsPort"),
            Environment = environment,
            ResourcesPaths = ReadPaths(app, common, folder, ("resourcesPath", "resourcesPaths"), ("resources", "components"), Directory.Exists),
            ConfigFilePaths = ReadPaths(app, common, folder, ("configFilePath", null), ("config.yaml", "config.yaml"), File.Exists),
            Health = ReadHealth(app, common),
            MaxBodyBytes = Either(app, common, section => section.Size("maxBodySize")) ?? 4 * 1024 * 1024,
            ReadBufferBytes = readBuffer <= int.MaxValue ? (int)readBuffer : throw app.Error("readBufferSize", "must be below 2Gi"),
            MaxConcurrency = Either(app, common, section => section.Integer("appMaxConcurrency")) is > 0 and var most ? most : null,
            ListenAddresses = Either(app, common, ReadAddresses) ?? [],
            LogLevel = Either(app, common, section => OneOf(section, "logLevel", LogLevels)),
            LogApiCalls = Either(app, common, section => section.Flag("enableApiLogging")) ?? false,
            AppLog = Either(app, common, section => OneOf(section, "appLogDestination", Destinations)) ?? LogDestination.Console,
            DaprdLog = Either(app, common, section => OneOf(section, "daprdLogDestination", Destinations)) ?? LogDestination.Console,
        };
    }

    private void RefuseWhatIsNotServed(YamlSection app, YamlSection? common)
    {
        if (app.Text("unixDomainSocket") is not null)
            throw app.Error("unixDomainSocket", "is not served by the local sidecar: apps reach it by port, as the .NET SDK does");
        foreach (var section in (YamlSection?[])[app, common])
        {
            if (section?.Flag("appSSL") == true)
                throw section.Error("appSSL", "is not served by the local sidecar: an app of this machine is called without TLS");
            if (section?.Flag("enableProfiling") == true)
                warnings.Add($"{section.Place("enableProfiling")}: enableProfiling is not applied: the local sidecar has no Go profiles");
        }
    }

    private static string ReadProtocol(YamlSection app, YamlSection? common) => Either(app, common, section => section.Text("appProtocol") switch
    {
        null or "http" or "h2c" or "grpc" => section.Text("appProtocol"),
        var other => throw section.Error("appProtocol", $"'{other}' is not served by the local sidecar (http, h2c and grpc are)"),
    }) ?? "http";

    private static AppHealthOptions? ReadHealth(YamlSection app, YamlSection? common)
    {
        var enabled = Either(app, common, section => section.Flag("enableAppHealthCheck")) ?? false;
        var health = AppHealthOptions.Of(
            Either(app, common, section => section.Text("appHealthCheckPath")), Number("appHealthProbeInterval"), Number("appHealthProbeTimeout"), Number("appHealthThreshold"));
        if (!enabled) return null;
        return health.IsPossible ? health : throw app.Error(
            "appHealthProbeTimeout", $"({health.ProbeTimeout.TotalMilliseconds:0} ms) must not exceed appHealthProbeInterval ({health.ProbeInterval.TotalSeconds:0} s)");

        int? Number(string name) => Either(app, common, section => section.Integer(name));
    }

    private static List<IPAddress>? ReadAddresses(YamlSection section) => section.Text("apiListenAddresses")?
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(text => IPAddress.TryParse(text, out var address) ? address : throw section.Error("apiListenAddresses", $"'{text}' is no IP address"))
        .ToList();

    // Those of the app, else of Dapr's folder in the app's, else the common ones, else of Dapr's folder in the user's.
    private List<string> ReadPaths(
        YamlSection app, YamlSection? common, string folder, (string One, string? Several) members, (string OfApp, string OfUser) usual, Func<string, bool> exists)
    {
        // Both are read, so that the one not used is not called unknown.
        var own = Of(app, folder);
        var shared = common is null ? null : Of(common, rootFolder);
        return own ?? IfThere(runFile is not null, folder, usual.OfApp) ?? shared ?? IfThere(true, home, usual.OfUser) ?? [];

        List<string>? Of(YamlSection section, string start)
        {
            var one = section.Text(members.One);
            if (members.Several is { } several && section.Texts(several) is { Count: > 0 } paths)
                return [.. paths.Select(path => Existing(section, several, path, start, exists))];
            return one is null ? null : [Existing(section, members.One, one, start, exists)];
        }

        List<string>? IfThere(bool looked, string start, string name) => Path.Combine(start, ".dapr", name) is var path && looked && exists(path) ? [path] : null;
    }

    private string Existing(YamlSection section, string name, string path, string start, Func<string, bool> exists)
    {
        var expanded = path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[1..].TrimStart('/')) : path;
        var full = Path.GetFullPath(expanded, start);
        return exists(full) ? full : throw section.Error(name, $"'{path}' does not exist ({full})");
    }

    private static T? OneOf<T>(YamlSection section, string name, Dictionary<string, T> values)
        where T : struct => section.Text(name) switch
        {
            null => null,
            var text when values.TryGetValue(text, out var value) => value,
            var text => throw section.Error(name, $"must be one of {string.Join(", ", values.Keys)}, not '{text}'"),
        };

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
            if (!Pointless.Contains(name)) warnings.Add($"{runFile}({line}): the unknown field '{name}' is ignored");
        }
    }

    // Part of keys, file names and addresses.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex AppIds();
}
