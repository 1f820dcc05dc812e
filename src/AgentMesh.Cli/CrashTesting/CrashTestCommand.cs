using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using AgentMesh.Cli.CrashTesting.Running;
using AgentMesh.Cli.CrashTesting.Scenarios;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.CrashKit.Verdicts;

namespace AgentMesh.Cli.CrashTesting;

/// <summary><c>crash-test</c>: whether a mesh keeps its promises while its processes are killed and its connections cut.</summary>
internal static class CrashTestCommand
{
    /// <summary>What the command line calls it.</summary>
    public const string Name = "crash-test";

    private const int DefaultSeconds = 30;
    private const int DefaultReplicas = 2;
    private const string LauncherPath = "src/AgentMesh.Sidecar/bin/Release/net10.0/AgentMesh.Sidecar.dll";
    private const string RunFilePath = "dapr/dapr.yaml";

    public static Command Create(CliParts parts)
    {
        var command = new Command(
            Name,
            "Kill, pause and cut off the processes of a mesh under load, and look whether it has kept its promises: nothing acknowledged is lost, nothing is done twice, no "
                + "money is spent over a limit, nobody sees what is another's. It starts a mesh of its own, or takes one that runs.");
        var scenario = new Argument<string>("scenario") { Description = $"{string.Join(", ", ScenarioNames.Known)}, or {ScenarioNames.All}.", DefaultValueFactory = _ => ScenarioNames.All };
        scenario.AcceptOnlyFromAmong([.. ScenarioNames.Known, ScenarioNames.All]);
        command.Add(scenario);
        var seconds = CliOptions.Number("--seconds", "N", 1, 86_400, $"How long each scenario is under load. Default: {DefaultSeconds}.");
        var seed = CliOptions.Number<ulong>("--seed", "S", 0, ulong.MaxValue, "Decides what is done and what is broken when. Default: another one each time.");
        var replicas = CliOptions.Number("--replicas", "N", 1, 16, $"Processes of the agents and of the gateway, of a mesh of its own. Default: {DefaultReplicas}.");
        var store = new Option<string>("--store") { Description = "What a mesh of its own stores in: embedded (default), or redis, which is started from PATH and killed too.", HelpName = "embedded|redis" };
        store.AcceptOnlyFromAmong("embedded", "redis");
        var launcher = CliOptions.Path("--launcher", "DLL", "The launcher's assembly that starts a mesh of its own. Default: that of this checkout, which is built when it is not there.");
        var runFile = CliOptions.Path("--run-file", "FILE", "The run file of a mesh of its own. Default: the launcher's.");
        var clock = new Option<bool>("--clock-jumps") { Description = "The clock of a mesh of its own jumps too, by libfaketime." };
        var set = new Option<string[]>("--set") { Description = "A setting of the apps of a mesh of its own. Repeatable.", HelpName = "KEY=VALUE" };
        var kill = new Option<string?>("--kill") { Description = "With --url: run in a shell whenever something is to be killed, with its role (agents, gateway, payments, store) as the argument.", HelpName = "COMMAND" };
        var model = CliOptions.Url("--model-url", "An OpenAI-compatible endpoint, for what needs a model. Default: a stand-in of its own.");
        var modelName = new Option<string?>("--model") { Description = "The model's name there.", HelpName = "NAME" };
        var json = CliOptions.Json();
        var junit = CliOptions.Path("--junit", "FILE", "Write the scoreboard as JUnit's XML.");
        var history = CliOptions.Path("--history", "FILE", "Write every request, read and accident as lines of JSON.");
        foreach (var option in (Option[])[seconds, seed, replicas, store, clock, launcher, runFile, set, kill, model, modelName, json, junit, history])
            command.Add(option);
        var url = CliOptions.Url("--url", "The gateway of a mesh that runs, whose agents of this test are erased in the end. Default: a mesh of its own.");
        command.Add(url);
        var token = new TokenOption(command, "the tenant's, which opens agents of all users,");
        command.Validators.Add(result =>
        {
            if (result.GetResult(kill) is not null && result.GetResult(url) is null)
                result.AddError("--kill is for a mesh that runs: --url says where");
            if (result.GetResult(model) is null != result.GetResult(modelName) is null)
                result.AddError("--model-url and --model go together");
            foreach (var option in (Option[])[replicas, store, clock, launcher, runFile, set, model])
            {
                if (result.GetResult(url) is not null && result.GetResult(option) is { Implicit: false })
                    result.AddError($"{option.Name} is for a mesh of its own, without --url");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(scenario)!;
            var options = new CrashOptions(
                name == ScenarioNames.All ? [.. ScenarioNames.Known] : [name], TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? DefaultSeconds), parsed.GetValue(seed) ?? NewSeed(parts.Random),
                null, null, parsed.GetValue(model), parsed.GetValue(modelName));
            options = parsed.GetValue(url) is { } gateway
                ? options with { Foreign = new ForeignMeshOptions(new GatewayPlace(gateway, token.Read(parsed, parts, [gateway]), null), parsed.GetValue(kill)) }
                : options with
                {
                    Own = await OwnAsync(
                        parsed.GetValue(launcher), parsed.GetValue(runFile), parsed.GetValue(replicas) ?? DefaultReplicas, parsed.GetValue(store) == "redis", parsed.GetValue(clock),
                        parsed.GetValue(set) ?? [], parts, cancellationToken),
                };
            var historyFile = parsed.GetValue(history) is { } path ? parts.At(path) : null;
            if (historyFile is not null)
                File.Delete(historyFile);
            var board = new Scoreboard(options.Seed, ReplayOf(parsed, name, options), await new CrashRun(options, historyFile, parts).RunAsync(cancellationToken));
            if (parsed.GetValue(junit) is { } file)
                await File.WriteAllTextAsync(parts.At(file), JUnit.Write(board), cancellationToken);
            await parts.Output.WriteLineAsync(parsed.GetValue(json) ? ScoreboardJson.Write(board) : PlainText.Of(board.Text(), keepsLines: true));
            return board.IsClean ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static string ReplayOf(ParseResult parsed, string scenario, CrashOptions options)
    {
        // As it was typed, without what names a file of this run, and with the seed.
        string[] left = ["--seed", "--junit", "--history", "--json"];
        var given = parsed.CommandResult.Children.OfType<System.CommandLine.Parsing.OptionResult>().Where(option => !option.Implicit && !left.Contains(option.Option.Name))
            .SelectMany(option => option.Tokens.Select(token => $" {option.Option.Name} {Quoted(token.Value)}").DefaultIfEmpty($" {option.Option.Name}"));
        return string.Create(CultureInfo.InvariantCulture, $"dotnet run --project src/AgentMesh.Cli -- {Name} {scenario} --seed {options.Seed}{string.Concat(given)}");
    }

    private static string Quoted(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or ',') && text.Length > 0 ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // Short enough to be typed again.
    private static ulong NewSeed(RandomNumberGenerator random)
    {
        var bytes = new byte[4];
        random.GetBytes(bytes);
        return BitConverter.ToUInt32(bytes);
    }

    private static async Task<OwnMeshOptions> OwnAsync(
        string? launcher, string? runFile, int replicas, bool onRedis, bool clockJumps, IReadOnlyList<string> settings, CliParts parts, CancellationToken cancellationToken)
    {
        if (onRedis && !RedisProcess.IsThere)
            throw new CliException("--store redis: there is no redis-server on PATH", ExitCodes.Usage);
        if (clockJumps && MovableClock.Library is null)
            throw new CliException("--clock-jumps: there is no libfaketime, which Linux distributions have as a package of that name", ExitCodes.Usage);
        var root = Checkout(parts.CurrentFolder) ?? Checkout(parts.ProgramFolder);
        if (launcher is null && root is null)
            throw new CliException("this is no checkout that a mesh could be started from: --launcher names a launcher, --url a mesh that runs", ExitCodes.Usage);
        var path = launcher is null ? Path.Combine(root!, LauncherPath) : parts.At(launcher);
        if (launcher is null && !File.Exists(path))
            await LauncherBuild.RunAsync(root!, parts, cancellationToken);
        return File.Exists(path)
            ? new OwnMeshOptions(path, root ?? Path.GetDirectoryName(path)!, runFile is null ? null : parts.At(runFile), replicas, onRedis, clockJumps, settings)
            : throw new CliException($"the launcher {path} is not there", ExitCodes.Usage);
    }

    private static string? Checkout(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, RunFilePath)) && Directory.Exists(Path.Combine(at.FullName, "src", "AgentMesh.Sidecar")))
                return at.FullName;
        }

        return null;
    }
}
