using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Agents;

/// <summary><c>agents</c>: a tenant's agents, over <c>/admin/agents</c>, all parts of the list, or those that are damaged.</summary>
internal static class AgentsCommand
{
    /// <summary>Parts of a list, of 500 agents each: fifty times what a tenant may have out of the box.</summary>
    private const int MaxParts = 10_000;

    public static Command Create(CliParts parts)
    {
        var command = new Command("agents", "List the agents of a tenant and what their messages take, as an admin.");
        var json = CliOptions.Json();
        var quarantined = new Option<bool>("--quarantined") { Description = "Those whose stored state is damaged, with what of it." };
        command.Add(quarantined);
        command.Add(json);
        var gateway = new GatewayOptions(command, "the admin's");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new GatewayClient(gateway.Read(parsed, parts), parts);
            if (parsed.GetValue(quarantined))
            {
                await WriteQuarantinedAsync(client, parsed.GetValue(json), parts, cancellationToken);
                return ExitCodes.Done;
            }

            var list = await ListAsync(client, cancellationToken);
            if (parsed.GetValue(json))
                await parts.Output.WriteLineAsync(PlainText.Of(JsonSerializer.Serialize(list, CliJson.Wire.AgentListDocument)));
            else
                await WriteAsync(list, parts);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task WriteAsync(AgentListDocument list, CliParts parts)
    {
        foreach (var agent in list.Agents)
            await parts.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{PlainText.Of(agent.UserId)}  {agent.StoredBytes}"));
        await parts.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{list.Total:N0} agent(s), whose messages take {list.StoredBytes:N0} bytes"));
    }

    private static async Task WriteQuarantinedAsync(GatewayClient client, bool isJson, CliParts parts, CancellationToken cancellationToken)
    {
        var body = await client.AskAsync(new GatewayRequest(HttpMethod.Get, "admin/agents/quarantined") { CanRepeat = true }, cancellationToken);
        var list = GatewayClient.Read(body, CliJson.Wire.QuarantineDocument);
        if (isJson)
        {
            await parts.Output.WriteLineAsync(ServerText.Of(body));
            return;
        }

        foreach (var agent in list.Agents)
            await parts.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{PlainText.Of(agent.UserId)}  {agent.Since:u}  {PlainText.Of(agent.Reason)}"));
        await parts.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{list.Agents.Count:N0} damaged agent(s)"));
    }

    private static async Task<AgentListDocument> ListAsync(GatewayClient client, CancellationToken cancellationToken)
    {
        var agents = new List<AgentSizeDocument>();
        string? cursor = null;
        for (var n = 0; n < MaxParts; n++)
        {
            var request = new GatewayRequest(HttpMethod.Get, "admin/agents") { Query = [("limit", "500"), ("cursor", cursor)], CanRepeat = true };
            var part = GatewayClient.Read(await client.AskAsync(request, cancellationToken), CliJson.Wire.AgentListDocument);
            agents.AddRange(part.Agents);
            if ((cursor = part.Cursor) is null)
                return part with { Agents = agents };
        }

        throw new CliException("the gateway's list of agents has no end");
    }
}
