using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;
using AgentMesh.Primitives;

namespace AgentMesh.Cli.Benching;

/// <summary><c>bench</c>: how many messages a mesh that runs answers and how fast, and whether each that was acknowledged is there once.</summary>
internal static class BenchCommand
{
    private const int DefaultUsers = 50;
    private const int DefaultConnections = 16;
    private const int DefaultSeconds = 10;
    private const int MaxMessages = 1_000_000;

    public static Command Create(CliParts parts)
    {
        var command = new Command(
            "bench", "Send messages to agents of its own on a mesh that runs, say how many were answered and how fast, and look whether each of them is in the histories once. The agents are erased in the end.");
        var users = CliOptions.Number("--users", "N", 1, 10_000, $"How many agents. Default: {DefaultUsers}.");
        var connections = CliOptions.Number("--connections", "N", 1, 1_000, $"How many messages at a time. Default: {DefaultConnections}.");
        var seconds = CliOptions.Number("--seconds", "N", 1, 3_600, $"How long. Default: {DefaultSeconds}, or until --messages are sent.");
        var messages = CliOptions.Number("--messages", "N", 1, MaxMessages, $"How many messages, at most {MaxMessages}.");
        var keep = new Option<bool>("--keep") { Description = "Leave the agents there." };
        var json = CliOptions.Json();
        foreach (var option in (Option[])[users, connections, seconds, messages, keep, json])
            command.Add(option);
        var gateway = new GatewayOptions(command, "the tenant's, which opens agents of all users,");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var time = parsed.GetValue(seconds) ?? (parsed.GetValue(messages) is null ? DefaultSeconds : null);
            var options = new BenchOptions(
                parsed.GetValue(users) ?? DefaultUsers, parsed.GetValue(connections) ?? DefaultConnections, parsed.GetValue(messages) ?? MaxMessages,
                time is { } given ? TimeSpan.FromSeconds(given) : null);
            using var client = new GatewayClient(gateway.Read(parsed, parts), parts);
            var document = await RunAsync(options, parsed.GetValue(keep), client, parts, cancellationToken);
            await parts.Output.WriteLineAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(document, CliJson.Wire.BenchDocument) : string.Join('\n', document.Lines()));
            return document is { Missing: 0, Doubled: 0 } ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    private static async Task<BenchDocument> RunAsync(BenchOptions options, bool isKept, GatewayClient client, CliParts parts, CancellationToken cancellationToken)
    {
        var name = parts.NewKey()[^8..];
        UserId[] users = [.. Enumerable.Range(1, options.Users).Select(n => UserId.Parse(string.Create(CultureInfo.InvariantCulture, $"bench-{name}-{n}")))];
        var run = new BenchRun(options, users, new BenchBook(name, options.Messages + options.Users), client, parts);
        try
        {
            return await run.RunAsync(cancellationToken);
        }
        finally
        {
            if (!isKept)
                await run.EraseAsync(CancellationToken.None);
        }
    }
}
