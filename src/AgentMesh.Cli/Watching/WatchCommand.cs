using System.CommandLine;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Watching;

/// <summary><c>watch</c>: what happens to an agent, as it happens.</summary>
internal static class WatchCommand
{
    public static Command Create(CliParts parts)
    {
        var command = new Command("watch", "Show what happens to an agent, as it happens, until Ctrl-C. A lost connection is made again, and nothing is left out.");
        var user = CliOptions.User();
        var after = CliOptions.Number("--after", "N", 0, long.MaxValue, "Begin behind this number; 0 is the beginning. Default: what is new.");
        var types = new Option<string[]>("--type") { Description = "Only events of this type, such as message, mail or payment; may be there several times.", HelpName = "TYPE" };
        var count = CliOptions.Number("--count", "N", 1, int.MaxValue, "End after so many events.");
        var json = CliOptions.Json("Print the gateway's documents, one a line.");
        command.Add(user);
        foreach (var option in (Option[])[after, types, count, json])
            command.Add(option);
        var gateway = new GatewayOptions(command, "the owner's");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new WatchOptions(parsed.GetValue(user), parsed.GetValue(after), parsed.GetValue(types) ?? [], parsed.GetValue(count), parsed.GetValue(json));
            using var client = new GatewayClient(gateway.Read(parsed, parts), parts);
            await new WatchRun(options, client, parts).RunAsync(cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
