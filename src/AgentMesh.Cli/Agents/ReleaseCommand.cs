using System.CommandLine;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Agents;

/// <summary><c>release</c>: takes an agent off its tenant's list of damaged ones, over <c>/admin/agents/{user}/release</c>.</summary>
internal static class ReleaseCommand
{
    public static Command Create(CliParts parts)
    {
        var command = new Command("release", "Take an agent off the list of damaged ones (agents --quarantined), when all of it can be read again, as an admin.");
        var user = CliOptions.User();
        var json = CliOptions.Json("Print the gateway's document.");
        command.Add(user);
        command.Add(json);
        var gateway = new GatewayOptions(command, "the admin's");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new GatewayClient(gateway.Read(parsed, parts), parts);
            var body = await client.AskAsync(new GatewayRequest(HttpMethod.Post, $"admin/agents/{parsed.GetValue(user)}/release"), cancellationToken);
            var released = GatewayClient.Read(body, CliJson.Wire.ReleaseDocument);
            await parts.Output.WriteLineAsync(
                parsed.GetValue(json) ? ServerText.Of(body) : $"{PlainText.Of(released.UserId)} {(released.IsQuarantined ? "is still on the list" : "can be read, and is not on the list")}");
            return ExitCodes.Done;
        });
        return command;
    }
}
