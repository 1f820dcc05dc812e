using System.CommandLine;
using System.CommandLine.Parsing;

namespace AgentMesh.Sidecar.Launcher;

/// <summary>The command line: <c>run</c>, which is also what no command means.</summary>
internal static class CommandLine
{
    /// <summary>More processes of one app than this on one machine is a typing error.</summary>
    public const int MaxReplicas = 64;

    /// <summary>Parses and runs. A wrong command line is explained on the error writer and answered with 2.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="output">Receives the help.</param>
    /// <param name="error">Receives complaints.</param>
    /// <param name="run">What <c>run</c> does; returns the exit code.</param>
    public static async Task<int> InvokeAsync(string[] arguments, TextWriter output, TextWriter error, Func<RunOptions, Task<int>> run)
    {
        var root = new RootCommand(
            "Runs the apps of a Dapr run file on this machine: builds what is stale, serves each app its Dapr sidecar, keeps their state.");
        var runCommand = new Command("run", "Start all apps of the run file and serve them until Ctrl-C or SIGTERM. The default command.");
        AddRun(root, run);
        AddRun(runCommand, run);
        root.Add(runCommand);

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

    private static void AddRun(Command command, Func<RunOptions, Task<int>> run)
    {
        var runFile = new Option<string?>("--run-file", "-f")
        {
            Description = "The run file. Default: dapr/dapr.yaml of the current folder, else of this program's repository.",
            HelpName = "FILE",
        };
        var data = new Option<string?>("--data")
        {
            Description = "Folder of the embedded store, its lock and its list of processes. Default: .agentmesh in the repository's root.",
            HelpName = "DIR",
        };
        var freePorts = new Option<bool>("--free-ports") { Description = "Choose every port free, whatever the run file says." };
        var readyFile = new Option<string?>("--ready-file")
        {
            Description = "Write addresses and process ids to this file (JSON) once all apps are healthy.",
            HelpName = "FILE",
        };
        var replicas = new Option<Dictionary<string, int>>("--replicas")
        {
            Description = "Processes per app, for example gateway=2,agents=3.",
            HelpName = "APP=N[,APP=N]",
            CustomParser = ParseReplicas,
        };
        var redis = new Option<string?>("--redis")
        {
            Description = "Keep state in this Redis instead of the embedded SQLite store.",
            HelpName = "HOST:PORT",
            CustomParser = ParseRedis,
        };
        var compat = new Option<string?>("--compat")
        {
            Description = "Answer as this version of daprd: 1.18, or 1.16 for tests that expect 200 null for a missing reminder. Default: 1.18.",
            HelpName = "VERSION",
        };
        compat.AcceptOnlyFromAmong("1.16", "1.18");
        var noRestart = new Option<bool>("--no-restart") { Description = "Leave a dead app process dead. Default: start it again within 2 s." };
        var set = new Option<Dictionary<string, string>>("--set")
        {
            Description = "Environment variable for the apps; wins over the run file. Repeatable.",
            HelpName = "KEY=VALUE",
            CustomParser = ParseSet,
        };
        var noBuild = new Option<bool>("--no-build") { Description = "Use the output that is there." };

        var stateFidelity = new Option<string>("--state-fidelity")
        {
            Description = "exact keeps JSON values as written (default); daprd rounds numbers to six decimals and shuffles members, as real daprd with Redis does.",
            HelpName = "exact|daprd",
        };
        stateFidelity.AcceptOnlyFromAmong("exact", "daprd");

        foreach (var path in (Option<string?>[])[runFile, data, readyFile])
            path.Validators.Add(RefuseEmpty);
        foreach (var option in (Option[])[runFile, data, freePorts, readyFile, replicas, redis, compat, stateFidelity, noRestart, set, noBuild])
            command.Add(option);
        command.SetAction((parsed, _) => run(new RunOptions
        {
            RunFile = parsed.GetValue(runFile),
            Data = parsed.GetValue(data),
            FreePorts = parsed.GetValue(freePorts),
            ReadyFile = parsed.GetValue(readyFile),
            Replicas = parsed.GetValue(replicas) ?? [],
            Redis = parsed.GetValue(redis),
            Compat116 = parsed.GetValue(compat) == "1.16",
            DaprdStateFidelity = parsed.GetValue(stateFidelity) == "daprd",
            NoRestart = parsed.GetValue(noRestart),
            Set = parsed.GetValue(set) ?? [],
            NoBuild = parsed.GetValue(noBuild),
        }));
    }

    // The empty text of an unset shell variable would name the current folder.
    private static void RefuseEmpty(OptionResult result)
    {
        if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            result.AddError($"{result.Option.Name}: the path is empty");
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
