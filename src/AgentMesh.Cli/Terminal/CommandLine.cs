using System.CommandLine;
using AgentMesh.Cli.Agents;
using AgentMesh.Cli.ApiKeys;
using AgentMesh.Cli.Auditing;
using AgentMesh.Cli.Benching;
using AgentMesh.Cli.Budgets;
using AgentMesh.Cli.Buying;
using AgentMesh.Cli.Canary;
using AgentMesh.Cli.Chatting;
using AgentMesh.Cli.CrashTesting;
using AgentMesh.Cli.Funding;
using AgentMesh.Cli.Mail;
using AgentMesh.Cli.MasterKeys;
using AgentMesh.Cli.Watching;

namespace AgentMesh.Cli.Terminal;

/// <summary>The commands.</summary>
internal static class CommandLine
{
    /// <summary>After Ctrl-C a command has so long to say what it leaves behind.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>A mesh that was started for a command is ended with it.</summary>
    private static readonly TimeSpan MeshEnd = TimeSpan.FromSeconds(60);

    /// <summary>Parses and runs. What is wrong with a command line, or with the world, is said in lines on the error writer.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="parts">The world.</param>
    /// <param name="cancellationToken">Ends it as Ctrl-C does.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, CliParts parts, CancellationToken cancellationToken)
    {
        var root = new RootCommand("Talks with agents, shows them and what they may spend, makes one from an export, sends their messages, pays for what they sell, gives them simulated money, looks after the master key of their wallets and the API keys of tenants, verifies what admins did, tries whether agents stay apart, how many messages a mesh answers, and what it loses when its processes are killed.");
        root.Add(ChatCommand.Create(parts));
        root.Add(InfoCommand.Create(parts));
        root.Add(AgentsCommand.Create(parts));
        root.Add(ReleaseCommand.Create(parts));
        root.Add(RestoreCommand.Create(parts));
        root.Add(BudgetCommand.Create(parts));
        root.Add(SendCommand.Create(parts));
        root.Add(WatchCommand.Create(parts));
        root.Add(PayCommand.Create(parts));
        root.Add(FundCommand.Create(parts));
        root.Add(InitCommand.Create(parts));
        root.Add(RotateKeysCommand.Create(parts));
        root.Add(KeysCommand.Create(parts));
        root.Add(new Command("audit", "The record of what admins changed.") { AuditVerifyCommand.Create(parts) });
        root.Add(CanaryCommand.Create(parts));
        root.Add(BenchCommand.Create(parts));
        root.Add(CrashTestCommand.Create(parts));
        // @FILE is not a file of arguments here: a body may begin with it.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
        {
            foreach (var complaint in parsed.Errors.Select(error => error.Message).Distinct())
                await parts.Error.WriteLineAsync(complaint);
            await parts.Error.WriteLineAsync("--help lists the options.");
            return ExitCodes.Usage;
        }

        var invocation = new InvocationConfiguration
        {
            Output = parts.Output,
            Error = parts.Error,
            // It goes on after the first Ctrl-C, and listens itself.
            ProcessTerminationTimeout = parsed.CommandResult.Command.Name switch
            {
                ChatCommand.Name => null,
                CrashTestCommand.Name => MeshEnd,
                _ => LastWords,
            },
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (CliException expected)
        {
            await parts.Error.WriteLineAsync($"error: {expected.Message}");
            return expected.ExitCode;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Of this machine: a full disk, a folder of somebody else. The text has a path and nothing of a file.
            await parts.Error.WriteLineAsync($"error: {failure.Message}");
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            await parts.Error.WriteLineAsync("canceled");
            return ExitCodes.Canceled;
        }
    }
}
