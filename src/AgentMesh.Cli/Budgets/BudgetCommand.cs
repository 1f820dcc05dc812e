using System.CommandLine;
using System.Text.Json;
using AgentMesh.Cli.Meshes;
using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Budgets;

/// <summary><c>budget</c>: what an agent may spend and has spent; with <c>--set</c> what it may spend from now on.</summary>
internal static class BudgetCommand
{
    private const string StandardInput = "-";
    private const int MaxChars = 1_048_576;

    public static Command Create(CliParts parts)
    {
        var command = new Command("budget", "Show what an agent may spend, has spent, and holds. With --set: set all of its limits, as an admin.");
        var user = CliOptions.User();
        var set = CliOptions.Path(
            "--set", "FILE", """The limits to set, {"limits":[{"scope","asset","window","limit"}]}; what --json prints will do. All others end. - is the standard input.""");
        var json = CliOptions.Json("Print the gateway's document.");
        command.Add(user);
        command.Add(set);
        command.Add(json);
        var gateway = new GatewayOptions(command, "the owner's, for --set the admin's");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new GatewayRequest(HttpMethod.Get, "budget", parsed.GetValue(user));
            if (parsed.GetValue(set) is { } file)
                request = request with { Method = HttpMethod.Put, Body = JsonSerializer.SerializeToUtf8Bytes(await ReadAsync(file, parts, cancellationToken), CliJson.Wire.BudgetOrder) };
            using var client = new GatewayClient(gateway.Read(parsed, parts), parts);
            var body = await client.AskAsync(request, cancellationToken);
            var budget = GatewayClient.Read(body, CliJson.Wire.BudgetDocument);
            await parts.Output.WriteLineAsync(parsed.GetValue(json) ? ServerText.Of(body) : string.Join('\n', BudgetText.Of(budget)));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<BudgetOrder> ReadAsync(string file, CliParts parts, CancellationToken cancellationToken)
    {
        var name = file == StandardInput ? "the standard input" : parts.At(file);
        if (file != StandardInput && !File.Exists(name))
            throw new CliException($"the file {name} of --set is not there", ExitCodes.Usage);
        using var opened = file == StandardInput ? null : File.OpenText(name);
        try
        {
            var order = JsonSerializer.Deserialize(await ReadAsync(opened ?? parts.Input, cancellationToken), CliJson.Wire.BudgetOrder);
            return order is not null && !order.Limits.Contains(null!) ? order : throw NotLimits(name);
        }
        catch (JsonException)
        {
            throw NotLimits(name);
        }
    }

    private static async Task<string> ReadAsync(TextReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[MaxChars];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken);
        return new string(buffer, 0, length);
    }

    private static CliException NotLimits(string name) =>
        new($$"""{{name}} has no limits, {"limits":[{"scope":"agent","asset":"USD","window":"rolling:24h","limit":"10000000"}]}""", ExitCodes.Usage);
}
