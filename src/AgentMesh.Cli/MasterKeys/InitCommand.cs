using System.CommandLine;
using System.Text.Json;
using AgentMesh.Cli.Terminal;
using AgentMesh.LocalData;

namespace AgentMesh.Cli.MasterKeys;

/// <summary><c>init</c>: makes what the launcher would make at the first start, by the same code.</summary>
internal static class InitCommand
{
    public static Command Create(CliParts parts)
    {
        var command = new Command("init", "Make the master key that wallets of this machine are encrypted with, unless it is there.");
        var data = new DataOption(command);
        command.SetAction(async (parsed, _) =>
        {
            var file = data.SecretsFileOf(parsed, parts);
            var made = Ensure(file).Made;
            await parts.Output.WriteLineAsync(made.Count > 0
                ? $"made the master key of wallets in {file}, which only you can read; keep it where you keep the data: without it the wallets' keys are gone"
                : $"{file} has the master key of wallets already; nothing was changed");
            if (PrivateFile.IsOpenToOthers(file))
                await parts.Error.WriteLineAsync($"warning: others than you can open {file}: chmod 600 {file}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static EnsuredSecrets Ensure(string file)
    {
        try
        {
            return SecretsFile.Ensure(file, [SecretsFile.WalletKeys]);
        }
        catch (JsonException damage)
        {
            throw NotSecrets(file, damage);
        }
    }

    /// <summary>The file of secrets is something else. The reader's own words may repeat what is in it.</summary>
    internal static CliException NotSecrets(string file, JsonException damage) =>
        new($"{file} is not a JSON object of secrets (line {damage.LineNumber + 1}); it was left as it is");
}
