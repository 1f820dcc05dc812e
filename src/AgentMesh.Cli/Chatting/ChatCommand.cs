using System.CommandLine;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Chatting;

/// <summary><c>chat</c>: a conversation with an agent; for scripts a message for each line, and the answers.</summary>
internal static class ChatCommand
{
    /// <summary>The command.</summary>
    public const string Name = "chat";

    private const int DefaultHistory = 6;

    public static Command Create(CliParts parts)
    {
        var command = new Command(
            Name, "Talk with an agent: each line is a message, and the answer is shown as it is written. Ctrl-C cancels an answer, a second one ends, and so does Ctrl-D. Without a terminal it ends at the first message that has no answer.");
        var user = CliOptions.User();
        var session = new Option<string?>("--session") { Description = "The session. Default: the default one.", HelpName = "ID" };
        var history = CliOptions.Number("--history", "N", 0, 1_000, $"Show so many of the last messages first. Default: {DefaultHistory} at a terminal, else 0.");
        var json = CliOptions.Json("Print the gateway's documents of answers, one a line.");
        command.Add(user);
        foreach (var option in (Option[])[session, history, json])
            command.Add(option);
        var gateway = new GatewayOptions(command, "the owner's");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new ChatOptions(
                parsed.GetValue(user), parsed.GetValue(session), parsed.GetValue(history) ?? (parts.IsInputTerminal && !parsed.GetValue(json) ? DefaultHistory : 0), parsed.GetValue(json));
            using var client = new GatewayClient(gateway.Read(parsed, parts), parts);
            using var chat = new ChatRun(options, client, parts, cancellationToken);
            return await chat.RunAsync();
        });
        return command;
    }
}
