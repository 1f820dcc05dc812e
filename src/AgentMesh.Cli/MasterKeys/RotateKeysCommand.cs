using System.CommandLine;
using System.Text.Json;
using AgentMesh.Cli.Terminal;
using AgentMesh.LocalData;

namespace AgentMesh.Cli.MasterKeys;

/// <summary><c>rotate-keys</c>: a new master key in front of the older ones, which stay.</summary>
internal static class RotateKeysCommand
{
    public static Command Create(CliParts parts)
    {
        var command = new Command("rotate-keys", "Put a new master key of wallets in front of the older ones of this machine; those stay, because wallets still need them.");
        var data = new DataOption(command);
        command.SetAction(async (parsed, _) =>
        {
            var file = data.SecretsFileOf(parsed, parts);
            var rotation = Rotate(file);
            await parts.Output.WriteLineAsync(rotation.Outcome switch
            {
                KeyRotationOutcome.Rotated =>
                    $"put a new master key in front of {rotation.Keys - 1} older in {file}\n"
                    + "Start the mesh again: secrets are read at the start, and what is encrypted from then on is with the new key.\n"
                    + "Keep the older keys in the file until no wallet is encrypted with them any more.",
                KeyRotationOutcome.Missing => throw new CliException(
                    $"{file} has no {SecretsFile.WalletKeys}, so there is nothing to rotate; `init` makes the first key", ExitCodes.Refused),
                KeyRotationOutcome.Full => throw new CliException(
                    $"{file} has {rotation.Keys} keys, the most that are read; take the oldest, last ones out first, once no wallet needs them", ExitCodes.Refused),
                _ => throw new CliException(
                    $"{SecretsFile.WalletKeys} in {file} is no list of keys of {SecretsFile.SecretBytes} bytes in base64 with commas between; it was left as it is"),
            });
            return ExitCodes.Done;
        });
        return command;
    }

    private static KeyRotation Rotate(string file)
    {
        try
        {
            return SecretsFile.Rotate(file, SecretsFile.WalletKeys);
        }
        catch (JsonException damage)
        {
            throw InitCommand.NotSecrets(file, damage);
        }
    }
}
