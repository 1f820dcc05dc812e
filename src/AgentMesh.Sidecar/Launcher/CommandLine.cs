using System.CommandLine;
using System.CommandLine.Parsing;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The command line: <c>run</c>, which is also what no command means, <c>stop</c> and <c>list</c>.</summary>
internal static class CommandLine
{
    /// <summary>More processes of one app than this on one machine is a typing error.</summary>
    public const int MaxReplicas = 64;

    /// <summary>Parses and runs. A wrong command line is explained on the error writer and answered with 2.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="output">Receives the help.</param>
    /// <param name="error">Receives complaints.</param>
    /// <param name="verbs">What the commands do.</param>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter output, TextWriter error, CommandVerbs verbs)
    {
        var root = new RootCommand(
            "Runs the apps of a Dapr run file, or one app, on this machine: builds what is stale, serves each app its Dapr sidecar, keeps their state.");
        var run = new Command("run", "Start all apps of the run file, or one app with its options, and serve them until Ctrl-C or SIGTERM. The default command.");
        AddRun(root, null, error, verbs.Run);
        AddRun(run, new AppOptions(run), error, verbs.Run);
        root.Add(run);
        root.Add(Stop(verbs.Stop));
        root.Add(List(verbs.List));

        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            foreach (var complaint in parsed.Errors.Select(complaint => complaint.Message).Distinct())
                await error.WriteLineAsync(complaint);
            await error.WriteLineAsync("--help lists the options.");
            return LauncherException.BadCommandLine;
        }

        // The library's own signal handling would end the process after two seconds; and exceptions are Program's business.
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        return await parsed.InvokeAsync(invocation);
    }

    private static void AddRun(Command command, AppOptions? app, TextWriter error, Func<RunOptions, Task<int>> run)
    {
        var readers = new List<Func<RunOptions, ParseResult, RunOptions>>();
        Add(
            RunFileOption("The run file, or the folder of a dapr.yaml. Default: dapr/dapr.yaml of the current folder, else of this program's repository."),
            (options, value) => options with { RunFile = value });
        Add(
            Path("--data", "DIR", "Folder of the embedded store, its lock and its list of processes. Default: .agentmesh in the repository's root; "
                + "with --app-id a folder per app id in ~/.agentmesh/apps."),
            (options, value) => options with { Data = value });
        Add(Switch("--free-ports", "Choose every port free, whatever the run file says."), (options, value) => options with { FreePorts = value });
        Add(DashboardPortOption(), (options, value) => options with { DashboardPort = value });
        Add(Path("--ready-file", "FILE", "Write addresses and process ids to this file (JSON) once all apps are healthy."), (options, value) => options with { ReadyFile = value });
        Add(
            Parsed("--replicas", "APP=N[,APP=N]", "Processes per app, for example gateway=2,agents=3.", ParseReplicas),
            (options, value) => options with { Replicas = value ?? [] });
        Add(Parsed("--redis", "HOST:PORT", "Keep state in this Redis instead of the embedded SQLite store.", ParseRedis), (options, value) => options with { Redis = value });
        Add(
            OneOf(
                "--layout", "shared: this process is the sidecar of all apps (default); daprd: a process of that name for each app, as Dapr's own tools know it. Needs --redis.",
                "shared", "daprd"),
            (options, value) => options with { DaprdLayout = value == "daprd" });
        Add(
            OneOf("--compat", "Answer as this version of daprd: 1.18, or 1.16 for tests that expect 200 null for a missing reminder. Default: 1.18.", "1.16", "1.18"),
            (options, value) => options with { Compat116 = value == "1.16" });
        Add(
            OneOf(
                "--state-fidelity",
                "exact keeps JSON values as written (default); daprd rounds numbers to six decimals and shuffles members, as real daprd with Redis does.",
                "exact", "daprd"),
            (options, value) => options with { DaprdStateFidelity = value == "daprd" });
        Add(
            Switch("--no-restart", "Leave a dead app process dead. Default: start it again within 2 s; one app ends its run."),
            (options, value) => options with { NoRestart = value });
        Add(
            Parsed("--set", "KEY=VALUE", "Environment variable for the apps; wins over the run file. Repeatable.", ParseSet),
            (options, value) => options with { Set = value ?? [] });
        Add(Switch("--no-build", "Use the output that is there."), (options, value) => options with { NoBuild = value });
        command.SetAction(async (parsed, _) =>
        {
            var options = readers.Aggregate(new RunOptions(), (read, next) => next(read, parsed));
            if (options.RunFile is null)
                return await run(options with { App = app?.Read(parsed) });
            // The Dapr CLI's words.
            if (app?.Given(parsed) is { Count: > 0 } ignored)
                await error.WriteLineAsync($"The following flags are ignored when using --run-file and should be configured in the run file instead: {string.Join(", ", ignored)}");
            return await run(options);
        });

        void Add<T>(Option<T> option, Func<RunOptions, T?, RunOptions> take)
        {
            command.Add(option);
            readers.Add((options, parsed) => take(options, parsed.GetValue(option)));
        }
    }

    private static Command Stop(Func<StopOptions, Task<int>> stop)
    {
        var command = new Command("stop", "End a run started by this user, by an app id of it or by its run file.");
        var appId = new Option<string[]>("--app-id", "-a") { Description = "End the run of this app.", HelpName = "ID" };
        var more = new Argument<string[]>("app ids") { Description = "More of them.", Arity = ArgumentArity.ZeroOrMore };
        var runFile = RunFileOption("End the run of this run file.");
        command.Add(appId);
        command.Add(runFile);
        command.Add(more);
        command.Validators.Add(result =>
        {
            if (result.GetResult(appId) is null && result.GetResult(runFile) is null && result.GetResult(more) is not { Tokens.Count: > 0 })
                result.AddError("stop: name what to end, with --app-id ID or -f FILE");
        });
        command.SetAction((parsed, _) => stop(new StopOptions([.. parsed.GetValue(appId) ?? [], .. parsed.GetValue(more) ?? []], parsed.GetValue(runFile))));
        return command;
    }

    private static Command List(Func<bool, Task<int>> list)
    {
        var command = new Command("list", "List the apps of all runs of this user.");
        var output = OneOf("--output", "How: table (default) or json.", "table", "json");
        output.Aliases.Add("-o");
        command.Add(output);
        command.SetAction((parsed, _) => list(parsed.GetValue(output) == "json"));
        return command;
    }

    private static Option<string?> RunFileOption(string description)
    {
        var option = Path("--run-file", "FILE", description);
        option.Aliases.Add("-f");
        return option;
    }

    private static Option<string?> Path(string name, string helpName, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = helpName };
        // The empty text of an unset shell variable would name the current folder.
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError($"{result.Option.Name}: the path is empty");
        });
        return option;
    }

    private static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    private static Option<T> Parsed<T>(string name, string helpName, string description, Func<ArgumentResult, T?> parse) =>
        new(name) { Description = description, HelpName = helpName, CustomParser = parse };

    private static Option<int?> DashboardPortOption()
    {
        var option = new Option<int?>("--dashboard-port")
        {
            Description = $"Where the dashboard is served; 0: nowhere. Default: {PortPlan.DefaultDashboard}, with --free-ports a free one, and none for one app.",
            HelpName = "PORT",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var port) && port is >= 0 and <= 65535))
                result.AddError($"--dashboard-port: '{text}' is not a port from 0 to 65535");
        });
        return option;
    }

    private static Option<string?> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static Dictionary<string, int>? ParseReplicas(ArgumentResult result)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (part.Split('=') is [{ Length: > 0 } app, var text] && int.TryParse(text, out var count) && count is >= 1 and <= MaxReplicas)
            {
                counts[app.Trim()] = count;
                continue;
            }

            result.AddError($"--replicas: '{part}' is not APP=N with N from 1 to {MaxReplicas}");
            return null;
        }

        return counts;
    }

    private static string? ParseRedis(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), out var port) && port is >= 1 and <= 65535) return text;
        result.AddError($"--redis: '{text}' is not HOST:PORT");
        return null;
    }

    private static Dictionary<string, string>? ParseSet(ArgumentResult result)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var token in result.Tokens)
        {
            var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                // The value may be a secret that lost its key: it is not repeated.
                result.AddError("--set: expected KEY=VALUE");
                return null;
            }

            values[token.Value[..equals]] = token.Value[(equals + 1)..];
        }

        return values;
    }
}

/// <summary>What the commands do; each returns the exit code.</summary>
/// <param name="Run">Runs apps.</param>
/// <param name="Stop">Ends runs.</param>
/// <param name="List">Lists apps; true: as JSON.</param>
internal sealed record CommandVerbs(Func<RunOptions, Task<int>> Run, Func<StopOptions, Task<int>> Stop, Func<bool, Task<int>> List);

/// <summary>The command line of <c>stop</c>.</summary>
/// <param name="AppIds">Apps whose runs are ended.</param>
/// <param name="RunFile">The run file whose run is ended; null: none.</param>
internal sealed record StopOptions(IReadOnlyList<string> AppIds, string? RunFile);
